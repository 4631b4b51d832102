#include "bootstrap/rloader/loss_report.h"

#include "runtime/base/log.h"
#include "runtime/wire/fault.h"

#include <nlohmann/json.hpp>
#include <spdlog/fmt/fmt.h>

namespace openfc::bootstrap {
namespace {

using Json = nlohmann::json;

std::string TextAt(const Json& document, const char* key) {
  const auto found = document.find(key);
  return found != document.end() && found->is_string() ? found->get<std::string>() : "";
}

Json Parse(const std::string& document) {
  Json parsed = Json::parse(document, nullptr, /*allow_exceptions=*/false);
  return parsed.is_object() ? parsed : Json::object();
}

}  // namespace

std::string DescribeFault(const std::string& document) {
  const Json fault = Parse(document);
  std::string text = fmt::format("error_type={} message=\"{}\"", TextAt(fault, "errorType"),
                                 TextAt(fault, "errorMessage"));
  const auto stack = fault.find("stackTrace");
  if (stack == fault.end()) return text;
  return text + " stack=" + stack->dump(-1, ' ', true, Json::error_handler_t::replace);
}

void ReportLoss(const FaultReport& report, SharedPage& page) {
  if (report.request_id.empty()) {
    LogError("instance_failed {}", DescribeFault(report.document));
    return;
  }
  LogWarn("invocation_failed request_id={} {}", report.request_id, DescribeFault(report.document));
  // A deadline was the runtime's to answer, and to count.
  const std::string type = TextAt(Parse(report.document), "errorType");
  if (type != wire::FunctionTimeout(0).type) page.metrics().OfRloader().CountError(0, type);
}

}  // namespace openfc::bootstrap
