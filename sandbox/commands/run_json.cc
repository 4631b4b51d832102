#include "sandbox/commands/run_json.h"

#include <nlohmann/json.hpp>

#include <chrono>
#include <map>
#include <utility>
#include <vector>

namespace openfc::sandbox {
namespace {

using Json = nlohmann::ordered_json;
using Setter = void (*)(RunLine&, const Json&);

/// The Python program of a line; it becomes one with the first key that only Python has.
PythonProgram& Python(RunLine& line) {
  if (!std::holds_alternative<PythonProgram>(line.request.program)) {
    line.request.program = PythonProgram{};
  }
  return std::get<PythonProgram>(line.request.program);
}

template <std::int64_t Limits::*limit>
void SetLimit(RunLine& line, const Json& value) {
  line.request.limits.*limit = value.get<std::int64_t>();
}
template <std::chrono::milliseconds Limits::*limit>
void SetTime(RunLine& line, const Json& value) {
  line.request.limits.*limit = std::chrono::milliseconds(value.get<std::int64_t>());
}

const std::map<std::string_view, Setter>& Setters() {
  static const std::map<std::string_view, Setter> all_setters{
      {"id", [](RunLine& line, const Json& value) { line.id = value.get<std::string>(); }},
      {"code", [](RunLine& line, const Json& value) { Python(line).code = value; }},
      {"file_name", [](RunLine& line, const Json& value) { Python(line).file_name = value; }},
      {"harness", [](RunLine& line, const Json& value) { Python(line).harness = value; }},
      {"harness_input",
       [](RunLine& line, const Json& value) { Python(line).harness_input = value; }},
      {"may_fork", [](RunLine& line, const Json& value) { Python(line).may_fork = value; }},
      {"data",
       [](RunLine& line, const Json& value) {
         Python(line).libraries = value.get<bool>() ? Libraries::kData : Libraries::kLean;
       }},
      {"command",
       [](RunLine& line, const Json& value) {
         line.request.program = CommandProgram{value.get<std::vector<std::string>>()};
       }},
      {"arguments", [](RunLine& line, const Json& value) { value.get_to(line.request.arguments); }},
      {"environment",
       [](RunLine& line, const Json& value) { value.get_to(line.request.environment); }},
      {"input", [](RunLine& line, const Json& value) { value.get_to(line.request.input); }},
      {"wall_ms", &SetTime<&Limits::wall>},
      {"cpu_ms", &SetTime<&Limits::cpu>},
      {"memory_bytes", &SetLimit<&Limits::memory_bytes>},
      {"processes", &SetLimit<&Limits::processes>},
      {"open_files", &SetLimit<&Limits::open_files>},
      {"file_bytes", &SetLimit<&Limits::file_bytes>},
      {"disk_bytes", &SetLimit<&Limits::disk_bytes>},
      {"output_bytes", &SetLimit<&Limits::output_bytes>},
      {"result_bytes", &SetLimit<&Limits::result_bytes>}};
  return all_setters;
}

std::string Dump(const Json& document) {
  return document.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

Expected<RunLine> ParseRunLine(std::string_view text) try {
  const Json document = Json::parse(text);
  if (!document.is_object()) return Error{ErrorCode::kInvalidArgument, "a run is a JSON object"};
  RunLine line;
  for (const auto& [key, value] : document.items()) {
    const auto setter = Setters().find(key);
    if (setter == Setters().end()) {
      return Error{ErrorCode::kInvalidArgument, "a run has no '" + key + "'"};
    }
    setter->second(line, value);
  }
  return line;
} catch (const nlohmann::json::exception& failure) {
  return Error{ErrorCode::kInvalidArgument, failure.what()};
}

std::string OutcomeLine(const std::string& id, const RunOutcome& outcome,
                        const IsolationLevel& level) {
  Json document{{"id", id},
                {"end", NameOf(outcome.end)},
                {"exit_code", outcome.exit_code},
                {"signal", outcome.signal},
                {"output", outcome.output},
                {"errors", outcome.errors},
                {"output_truncated", outcome.is_output_truncated},
                {"errors_truncated", outcome.is_errors_truncated},
                {"cpu_ms", outcome.cpu.count()},
                {"wall_us", outcome.wall.count()},
                {"cleanup_us", outcome.cleanup.count()},
                {"peak_memory_bytes", outcome.peak_memory_bytes},
                {"isolation", {{"profile", level.profile}, {"missing", level.missing}}}};
  if (!outcome.result.empty()) {
    document["result"] = outcome.result;
    document["result_truncated"] = outcome.is_result_truncated;
  }
  if (!outcome.failure.empty()) document["failure"] = outcome.failure;
  return Dump(document);
}

std::string RefusalLine(const std::string& id, const Error& error) {
  return Dump({{"id", id}, {"end", "refused"}, {"failure", error.message}});
}

}  // namespace openfc::sandbox
