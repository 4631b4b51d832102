#include "emulator/platform/invoke_api.h"

#include "emulator/platform/query_value.h"
#include "emulator/request_id.h"
#include "runtime/wire/encoding.h"

#include <nlohmann/json.hpp>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <utility>
#include <variant>

namespace openfc::emulator {
namespace {

constexpr std::string_view kVersion3 = "/2023-03-30/functions/";
constexpr std::array<std::string_view, 2> kVersions2 = {"/2016-08-15/", "/2021-04-06/"};
constexpr std::string_view kSuffix = "/invocations";
constexpr std::size_t kTailBytes = 4096;
constexpr double kBytesPerMegabyte = 1024.0 * 1024.0;
constexpr double kMicrosPerMilli = 1000.0;

/// Which function a path names.
struct Target {
  bool is_fc3 = false;
  std::string service;
  std::string function;
};

std::optional<Target> ReadTarget(std::string_view path) {
  if (!path.ends_with(kSuffix)) return std::nullopt;
  path.remove_suffix(kSuffix.size());
  if (path.starts_with(kVersion3)) {
    return Target{.is_fc3 = true,
                  .service = {},
                  .function = wire::DecodePercent(path.substr(kVersion3.size()))};
  }
  for (const std::string_view version : kVersions2) {
    if (!path.starts_with(version)) continue;
    path.remove_prefix(version.size());
    constexpr std::string_view kServices = "services/";
    if (!path.starts_with(kServices)) return std::nullopt;
    path.remove_prefix(kServices.size());
    constexpr std::string_view kFunctions = "/functions/";
    const auto middle = path.find(kFunctions);
    if (middle == std::string_view::npos) return std::nullopt;
    return Target{.is_fc3 = false,
                  .service = wire::DecodePercent(path.substr(0, middle)),
                  .function = wire::DecodePercent(path.substr(middle + kFunctions.size()))};
  }
  return std::nullopt;
}

/// One of two words of a header, whatever its case; the first when it is absent, nothing when it is
/// neither.
std::optional<bool> IsSecond(const http::Request& request, std::string_view header,
                             std::string_view first, std::string_view second) {
  const auto value = request.Header(header);
  if (!value || value->empty() || http::EqualsIgnoringCase(*value, first)) return false;
  if (http::EqualsIgnoringCase(*value, second)) return true;
  return std::nullopt;
}

PlatformError InvalidArgument(std::string message) {
  return {.status = 400, .code = "InvalidArgument", .message = std::move(message)};
}

/// How a call is to be made, from its headers.
struct Manner {
  bool is_async = false;
  bool wants_log = false;
};

std::variant<Manner, PlatformError> ReadManner(const http::Request& request) {
  const auto is_async = IsSecond(request, "x-fc-invocation-type", "Sync", "Async");
  if (!is_async) return InvalidArgument("x-fc-invocation-type must be Sync or Async");
  const auto wants_log = IsSecond(request, "x-fc-log-type", "None", "Tail");
  if (!wants_log) return InvalidArgument("x-fc-log-type must be None or Tail");
  return Manner{.is_async = *is_async, .wants_log = *wants_log};
}

http::Response AnswerOf(CallResult& result, std::string_view request_id, bool wants_log,
                        bool is_fc3) {
  if (const auto* error = std::get_if<PlatformError>(&result.outcome)) {
    return PlatformErrorAnswer(*error, request_id, is_fc3);
  }
  http::Response answer{.headers = CallHeaders(result, request_id)};
  if (wants_log) answer.headers.emplace_back("X-Fc-Log-Result", LogResult(result.log));
  if (auto* response = std::get_if<Response>(&result.outcome)) {
    answer.headers.emplace_back("Content-Type", "application/octet-stream");
    answer.body = std::move(response->body);
  } else {
    answer.headers.emplace_back("Content-Type", "application/json");
    answer.body = std::move(std::get<FunctionError>(result.outcome).failure.document);
  }
  return answer;
}

}  // namespace

bool IsFc3Path(std::string_view path) {
  return std::none_of(kVersions2.begin(), kVersions2.end(),
                      [path](std::string_view version) { return path.starts_with(version); });
}

http::Response PlatformErrorAnswer(const PlatformError& error, std::string_view request_id,
                                   bool is_fc3) {
  nlohmann::ordered_json document;
  if (is_fc3) {
    document = {{"RequestId", request_id}, {"Code", error.code}, {"Message", error.message}};
  } else {
    document = {{"ErrorCode", error.code}, {"ErrorMessage", error.message}};
  }
  return {.status = error.status,
          .headers = {{"X-Fc-Request-Id", std::string(request_id)},
                      {"X-Fc-Error-Type", error.code},
                      {"Content-Type", "application/json"}},
          .body = document.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)};
}

std::string LogResult(std::string_view log) {
  return wire::EncodeBase64(log.substr(log.size() - std::min(log.size(), kTailBytes)));
}

http::HeaderList CallHeaders(const CallResult& result, std::string_view request_id) {
  const double peak = static_cast<double>(result.peak_memory_bytes) / kBytesPerMegabyte;
  const double duration = static_cast<double>(result.duration.count()) / kMicrosPerMilli;
  http::HeaderList headers = {{"X-Fc-Request-Id", std::string(request_id)},
                              {"X-Fc-Instance-Id", result.instance_id},
                              {"X-Fc-Invocation-Duration", fmt::format("{:.2f}", duration)},
                              {"X-Fc-Max-Memory-Usage", fmt::format("{:.2f}", peak)},
                              {"X-Fc-Invocation-Service-Version", "LATEST"},
                              {"X-Fc-Invocation-Code-Version", "LATEST"}};
  if (!result.code_checksum.empty()) {
    headers.emplace_back("X-Fc-Code-Checksum", result.code_checksum);
  }
  if (const auto* error = std::get_if<FunctionError>(&result.outcome)) {
    headers.emplace_back("X-Fc-Error-Type", error->fc_type);
  }
  return headers;
}

bool InvokeApi::Serves(std::string_view path) { return ReadTarget(path).has_value(); }

void InvokeApi::Serve(http::Request request, http::Responder responder) {
  const auto target = ReadTarget(request.path());
  const bool is_fc3 = IsFc3Path(request.path());
  const auto refuse = [&](const PlatformError& error) {
    std::move(responder).Send(PlatformErrorAnswer(error, MakeRequestId(), is_fc3));
  };
  if (!target) {
    refuse({.status = 400,
            .code = "PathNotSupported",
            .message = "there is no such path: functions are invoked at "
                       "/2023-03-30/functions/F/invocations, HTTP triggers are at /proxy/F/"});
  } else if (request.method() != "POST") {
    refuse(
        {.status = 405,
         .code = "MethodNotAllowed",
         .message = "a function is invoked with POST, not with " + std::string(request.method())});
  } else {
    const auto found = is_fc3 ? functions_.Find(target->function)
                              : functions_.Find(target->service, target->function);
    if (const auto* error = std::get_if<PlatformError>(&found)) {
      refuse(*error);
    } else {
      ServeCall(*std::get<FunctionPool*>(found), QualifierOf(target->service), std::move(request),
                std::move(responder));
    }
  }
}

void InvokeApi::ServeCall(FunctionPool& pool, std::string qualifier, http::Request request,
                          http::Responder responder) {
  const bool is_fc3 = IsFc3Path(request.path());
  Call call{.request_id = MakeRequestId(), .qualifier = std::move(qualifier)};
  const auto refuse = [&](const PlatformError& error) {
    std::move(responder).Send(PlatformErrorAnswer(error, call.request_id, is_fc3));
  };
  const auto manner = ReadManner(request);
  if (const auto* error = std::get_if<PlatformError>(&manner)) return refuse(*error);
  const auto& [is_async, wants_log] = std::get<Manner>(manner);
  if (auto asked = QueryValue(request.target(), "qualifier"); !asked.empty()) {
    call.qualifier = std::move(asked);
  }
  if (const auto error = CheckQualifier(call.qualifier)) return refuse(*error);
  if (is_async) {
    call.kind = CallKind::kAsync;
    call.body = request.TakeBody();
    return async_.Serve(pool, std::move(call), request, std::move(responder), is_fc3);
  }
  call.body = request.TakeBody();
  call.wants_log = wants_log;
  const auto held = std::make_shared<http::Responder>(std::move(responder));
  call.is_unwanted = [held] { return held->IsHalfClosed(); };
  call.done = [held, id = call.request_id, wants_log = call.wants_log, is_fc3](CallResult result) {
    std::move(*held).Send(AnswerOf(result, id, wants_log, is_fc3));
  };
  pool.Submit(std::move(call));
}

}  // namespace openfc::emulator
