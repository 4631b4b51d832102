#include "emulator/platform/trigger_answer.h"

#include "emulator/platform/http_limits.h"
#include "emulator/platform/invoke_api.h"
#include "runtime/http/request.h"
#include "runtime/wire/http_params.h"
#include "runtime/wire/http_trigger.h"

#include <optional>
#include <utility>
#include <variant>

namespace openfc::emulator {
namespace {

Expected<wire::HttpAnswer> ReadAnswer(Response response, bool is_fc3) {
  if (is_fc3) return wire::ReadHttpTriggerResult(std::move(response.body));
  if (!response.http_params) {
    return wire::HttpAnswer{.headers = {{"Content-Type", "application/octet-stream"}},
                            .body = std::move(response.body)};
  }
  auto answer = wire::ReadHttpParamsAnswer(*response.http_params);
  if (answer) answer->body = std::move(response.body);
  return answer;
}

http::Response FromAnswer(Expected<wire::HttpAnswer> answer, const TriggerClient& client) {
  if (!answer) {
    return TriggerRefusal({.status = 502, .code = "BadResponse", .message = answer.error().message},
                          client);
  }
  http::Response response{.status = answer->status, .headers = {}, .body = std::move(answer->body)};
  for (auto& header : answer->headers) {
    if (!wire::IsReservedAnswerHeader(header.first)) response.headers.push_back(std::move(header));
  }
  if (const auto error = CheckAnswerHead(response, client.limits)) {
    return TriggerRefusal(*error, client);
  }
  response.headers.emplace_back("X-Fc-Request-Id", client.request_id);
  return response;
}

http::Response FromFailure(const CallResult& result, FunctionError error,
                           const TriggerClient& client) {
  http::Response answer{.status = 502, .headers = CallHeaders(result, client.request_id)};
  answer.headers.emplace_back("Content-Type", "application/json");
  answer.body = std::move(error.failure.document);
  return answer;
}

}  // namespace

http::Response TriggerAnswer(CallResult result, const TriggerClient& client) {
  if (const auto* error = std::get_if<PlatformError>(&result.outcome)) {
    return TriggerRefusal(*error, client);
  }
  const auto* error = std::get_if<FunctionError>(&result.outcome);
  http::Response answer =
      error != nullptr
          ? FromFailure(result, *error, client)
          : FromAnswer(ReadAnswer(std::get<Response>(std::move(result.outcome)), client.is_fc3),
                       client);
  if (client.wants_log) answer.headers.emplace_back("X-Fc-Log-Result", LogResult(result.log));
  return answer;
}

http::Response TriggerRefusal(const PlatformError& error, const TriggerClient& client) {
  http::Response answer = PlatformErrorAnswer(error, client.request_id, client.is_fc3);
  if (client.is_fc3) return answer;
  for (auto& [name, value] : answer.headers) {
    if (http::EqualsIgnoringCase(name, "x-fc-error-type")) value = "FcCommonError";
  }
  return answer;
}

}  // namespace openfc::emulator
