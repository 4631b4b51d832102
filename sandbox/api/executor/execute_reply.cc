#include "sandbox/api/executor/execute_reply.h"

#include "sandbox/artifacts/report.h"

#include <nlohmann/json.hpp>

#include <chrono>
#include <utility>

namespace openfc::sandbox {
namespace {

using Json = nlohmann::ordered_json;

std::string Dump(const Json& document) {
  return document.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json ParseOr(const std::string* text, Json otherwise) {
  if (text == nullptr) return otherwise;
  return Json::parse(*text, nullptr, /*allow_exceptions=*/false);
}

/// A value of an artifact's metadata; the program may have written anything there.
Json Field(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found == object.end() ? Json() : *found;
}

std::string TextField(const Json& object, const char* key) {
  const Json field = Field(object, key);
  return field.is_string() ? field.get<std::string>() : "";
}

Json ChartOf(const Artifact& artifact, const Json& metadata) {
  const bool is_plotly = TextField(metadata, "source") == "plotly";
  Json chart{{"type", is_plotly ? "plotly" : "matplotlib"},
             {"format", is_plotly ? "json" : "png"},
             {"data", artifact.data},
             {"width", Field(metadata, "width")},
             {"height", Field(metadata, "height")}};
  if (metadata.contains("charts")) chart["charts"] = Field(metadata, "charts");
  return chart;
}

Json TableOf(const Artifact& artifact, const Json& metadata) {
  const Json shape = Field(metadata, "shape");
  return {{"name", artifact.name},
          {"html", artifact.data},
          {"shape", shape},
          {"columns", Field(metadata, "columns")},
          {"rows", shape.is_array() && !shape.empty() ? shape.front() : Json()}};
}

Json OutputOf(const RunOutcome& outcome, const Report& report) {
  Json charts = Json::array();
  Json tables = Json::array();
  for (const Artifact& artifact : report.artifacts) {
    const Json metadata = Json::parse(artifact.metadata);
    const std::string source = TextField(metadata, "source");
    if (source == "matplotlib" || source == "plotly") charts.push_back(ChartOf(artifact, metadata));
    if (source == "pandas") tables.push_back(TableOf(artifact, metadata));
  }
  Json output{{"stdout", outcome.output},
              {"stderr", outcome.errors},
              {"charts", std::move(charts)},
              {"dataframes", std::move(tables)},
              {"variables", ParseOr(report.Find("variables"), Json::object())}};
  if (outcome.is_output_truncated || outcome.is_errors_truncated || outcome.is_result_truncated) {
    output["truncated"] = true;
  }
  return output;
}

/// Why a program is over that did not come to its end; empty where it did.
std::string EndWords(const ExecuteRequest& request, const RunOutcome& outcome) {
  switch (outcome.end) {
    case RunEnd::kTimedOut:
    case RunEnd::kCpuTimedOut:
      return "执行超时（限制 " + std::to_string(request.timeout.count()) + " 秒）";
    case RunEnd::kOutOfMemory:
      return "内存超出限制";
    case RunEnd::kSignalled:
      return "进程被信号终止: " + std::to_string(outcome.signal);
    case RunEnd::kCancelled:
      return "执行已取消";
    case RunEnd::kExited:
    case RunEnd::kFailed:
      break;
  }
  return "进程提前退出，退出码: " + std::to_string(outcome.exit_code);
}

Json Reply(std::string_view status, std::chrono::milliseconds time, Json output, Json error) {
  return {{"status", status},
          {"execution_time", time.count()},
          {"output", std::move(output)},
          {"error", std::move(error)}};
}

Json Refused(std::string_view why) {
  return Reply("error", std::chrono::milliseconds(0), nullptr, "代码验证失败: " + std::string(why));
}

bool IsTimeout(RunEnd end) { return end == RunEnd::kTimedOut || end == RunEnd::kCpuTimedOut; }

}  // namespace

std::optional<std::string> ExecuteReply(const ExecuteRequest& request, const RunOutcome& outcome) {
  if (outcome.end == RunEnd::kFailed) return std::nullopt;
  const Report report = ReadReport(outcome.result);
  if (const Json refused = ParseOr(report.Find("checked"), Json()); refused.is_object()) {
    Json reply = Refused(TextField(refused, "first"));
    reply["violations"] = Field(refused, "violations");
    return Dump(reply);
  }
  const auto time = std::chrono::duration_cast<std::chrono::milliseconds>(outcome.wall);
  Json output = OutputOf(outcome, report);
  const std::string* const ended = report.Find("ended");
  if (IsTimeout(outcome.end)) {
    return Dump(Reply("timeout", time, std::move(output), EndWords(request, outcome)));
  }
  if (ended == nullptr || outcome.end != RunEnd::kExited) {
    return Dump(Reply("error", time, std::move(output), EndWords(request, outcome)));
  }
  const Json failure = ParseOr(ended, Json());
  if (failure.is_null()) return Dump(Reply("success", time, std::move(output), nullptr));
  output["stderr"] = outcome.errors + "\n" + TextField(failure, "traceback");
  return Dump(Reply("error", time, std::move(output), TextField(failure, "message")));
}

std::optional<std::string> ValidateReply(const RunOutcome& outcome) {
  if (outcome.end != RunEnd::kExited) return std::nullopt;
  const Report report = ReadReport(outcome.result);
  const std::string* const checked = report.Find("checked");
  if (checked == nullptr) return std::nullopt;
  const Json refused = ParseOr(checked, Json());
  if (!refused.is_object()) return Dump({{"valid", true}, {"error", nullptr}});
  return Dump({{"valid", false},
               {"error", TextField(refused, "first")},
               {"violations", Field(refused, "violations")}});
}

std::string RefusedExecuteReply(std::string_view why) { return Dump(Refused(why)); }

std::string RefusedValidateReply(std::string_view why) {
  return Dump({{"valid", false}, {"error", why}});
}

}  // namespace openfc::sandbox
