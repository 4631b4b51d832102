#include "emulator/platform/http_triggers.h"

#include "emulator/instance_plan.h"
#include "emulator/platform/forwarded_answer.h"
#include "emulator/platform/invoke_api.h"
#include "emulator/platform/request_guard.h"
#include "emulator/request_id.h"
#include "runtime/wire/encoding.h"
#include "runtime/wire/http_params.h"
#include "runtime/wire/http_trigger.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>
#include <variant>

namespace openfc::emulator {
namespace {

constexpr std::string_view kProxy2 = "/2016-08-15/proxy/";
constexpr std::string_view kProxy3 = "/proxy/";
constexpr std::string_view kLocalDomain = ".localhost";

/// Which function a request is for, and what of its path comes before the function's own.
struct Target {
  bool is_fc3 = true;
  std::string service = {};
  std::string function = {};
  std::string base_path = {};
};

/// The piece up to the next slash, which is taken from the front of `rest`.
std::string_view TakePiece(std::string_view& rest) {
  const std::string_view piece = rest.substr(0, rest.find('/'));
  rest.remove_prefix(std::min(rest.size(), piece.size() + 1));
  return piece;
}

/// What stood before `rest`, without the slash that ends it.
std::string BaseBefore(std::string_view path, std::string_view rest) {
  std::string_view base = path.substr(0, path.size() - rest.size());
  if (base.ends_with('/')) base.remove_suffix(1);
  return std::string(base);
}

std::optional<Target> ReadTarget(const http::Request& request) {
  const std::string_view path = request.path();
  const std::string_view host = HostName(request.Header("host").value_or(""));
  if (host.size() > kLocalDomain.size() && host.ends_with(kLocalDomain)) {
    return Target{.function = std::string(host.substr(0, host.size() - kLocalDomain.size()))};
  }
  if (path.starts_with(kProxy2)) {
    std::string_view rest = path.substr(kProxy2.size());
    const std::string_view service = TakePiece(rest);
    const std::string_view function = TakePiece(rest);
    return Target{.is_fc3 = false,
                  .service = wire::DecodePercent(service),
                  .function = wire::DecodePercent(function),
                  .base_path = BaseBefore(path, rest)};
  }
  if (!path.starts_with(kProxy3)) return std::nullopt;
  std::string_view rest = path.substr(kProxy3.size());
  const std::string_view function = TakePiece(rest);
  return Target{.function = wire::DecodePercent(function), .base_path = BaseBefore(path, rest)};
}

HttpRequest HttpRequestOf(const http::Request& request, const std::string& base_path) {
  HttpRequest http{.method = std::string(request.method()),
                   .target = std::string(request.target().substr(base_path.size())),
                   .is_http_1_0 = request.is_http_1_0(),
                   .headers = {},
                   .base_path = base_path,
                   .client_address = request.endpoints().client_address,
                   .client_port = request.endpoints().client_port,
                   .server_address = request.endpoints().server_address,
                   .server_port = request.endpoints().server_port};
  if (!http.target.starts_with('/')) http.target.insert(0, "/");
  for (std::size_t i = 0; i < request.header_count(); ++i) {
    http.headers.emplace_back(request.header_name(i), request.header_value(i));
  }
  return http;
}

std::optional<PlatformError> CheckMethod(const FunctionDefinition& function,
                                         std::string_view method) {
  if (!function.http_trigger) {
    return PlatformError{.status = 404,
                         .code = "TriggerNotFound",
                         .message = "the function " + function.name + " has no HTTP trigger"};
  }
  const auto& methods = function.http_trigger->methods;
  if (methods.empty() || std::find(methods.begin(), methods.end(), method) != methods.end()) {
    return std::nullopt;
  }
  return PlatformError{
      .status = 403,
      .code = "AccessDenied",
      .message = "the HTTP trigger of " + function.name + " does not take " + std::string(method)};
}

/// Of a request that a custom runtime gets as it is (fc-platform.md, 1.5).
std::optional<PlatformError> CheckSize(const FunctionPool& pool, const http::Request& request) {
  constexpr std::size_t kMostHeaderBytes = 8UL * 1024;
  constexpr std::size_t kMostTargetBytes = 4UL * 1024;
  if (!pool.function().custom || pool.model().limits == PlatformLimits::kLifted) {
    return std::nullopt;
  }
  std::size_t headers = 0;
  for (std::size_t i = 0; i < request.header_count(); ++i) {
    headers += request.header_name(i).size() + request.header_value(i).size();
  }
  const bool has_long_target = request.target().size() > kMostTargetBytes;
  if (headers <= kMostHeaderBytes && !has_long_target) return std::nullopt;
  return PlatformError{.status = 400,
                       .code = "InvalidArgument",
                       .message = has_long_target
                                      ? "the path and the query take more than 4 KB"
                                      : "the headers of the request take more than 8 KB"};
}

http::Response BadGateway(const std::string& message, std::string_view request_id) {
  return PlatformErrorAnswer({.status = 502, .code = "BadResponse", .message = message}, request_id,
                             /*is_fc3=*/true);
}

http::Response FromAnswer(Expected<wire::HttpAnswer> answer, std::string_view request_id) {
  if (!answer) return BadGateway(answer.error().message, request_id);
  http::Response response{.status = answer->status, .headers = {}, .body = std::move(answer->body)};
  for (auto& header : answer->headers) {
    if (!wire::IsReservedAnswerHeader(header.first)) response.headers.push_back(std::move(header));
  }
  if (!http::IsSendable(response)) {
    return BadGateway("the function's answer has a status or a header that cannot be sent",
                      request_id);
  }
  response.headers.emplace_back("X-Fc-Request-Id", std::string(request_id));
  return response;
}

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

http::Response AnswerOf(CallResult result, std::string_view request_id, bool is_fc3) {
  if (auto* response = std::get_if<Response>(&result.outcome)) {
    return FromAnswer(ReadAnswer(std::move(*response), is_fc3), request_id);
  }
  if (const auto* error = std::get_if<PlatformError>(&result.outcome)) {
    return PlatformErrorAnswer(*error, request_id, is_fc3);
  }
  http::Response answer{.status = 502, .headers = CallHeaders(result, request_id)};
  answer.headers.emplace_back("Content-Type", "application/json");
  answer.body = std::move(std::get<FunctionError>(result.outcome).failure.document);
  return answer;
}

/// A custom runtime gets the request as it came; of a function of FC 2 its path has the prefix,
/// which a header tells.
Call MakeForwardedCall(const FunctionDefinition& function, HttpRequest request, std::string body) {
  Call call{.request_id = MakeRequestId(), .kind = CallKind::kHttp, .body = std::move(body)};
  if (function.edition == Edition::kFc2) {
    request.target.insert(0, request.base_path);
  } else {
    request.base_path.clear();
  }
  call.http = std::move(request);
  return call;
}

/// What the function is called with.
Call MakeCall(const FunctionPool& pool, HttpRequest request, std::string body) {
  const FunctionDefinition& function = pool.function();
  if (function.custom) return MakeForwardedCall(function, std::move(request), std::move(body));
  Call call{.request_id = MakeRequestId(), .kind = CallKind::kHttp};
  if (function.edition == Edition::kFc2) {
    const std::string path =
        wire::DecodePercent(request.target.substr(0, request.target.find('?')));
    call.http_params = wire::WriteHttpParams(request, path);
    call.body = std::move(body);
  } else {
    const Invocation invocation = MakeInvocation(
        function, {.api_address = {}, .instance_id = {}, .identity = pool.model().identity},
        call.request_id);
    call.body = wire::HttpTriggerEvent(request, body, invocation, call.accepted);
  }
  return call;
}

/// The answer of a custom runtime goes to the client as it comes; what the platform says in its
/// place, at the end.
void LetAnswerStream(Call& call, http::Responder responder, bool is_fc3) {
  const auto answer = std::make_shared<ForwardedAnswer>(std::move(responder), call.request_id);
  answer->Attach();
  call.sink = answer;
  call.is_unwanted = [answer] { return answer->IsGone(); };
  call.done = [answer, id = call.request_id, is_fc3](CallResult result) {
    answer->Close(AnswerOf(std::move(result), id, is_fc3));
  };
}

void LetAnswerWhole(Call& call, http::Responder responder, bool is_fc3) {
  const auto held = std::make_shared<http::Responder>(std::move(responder));
  call.is_unwanted = [held] { return held->IsHalfClosed(); };
  call.done = [held, id = call.request_id, is_fc3](CallResult result) {
    std::move(*held).Send(AnswerOf(std::move(result), id, is_fc3));
  };
}

}  // namespace

bool HttpTriggers::Serves(const http::Request& request) { return ReadTarget(request).has_value(); }

std::string HttpTriggers::PathOf(const FunctionDefinition& function) {
  if (function.edition == Edition::kFc3) return std::string(kProxy3) + function.name + "/";
  return std::string(kProxy2) + function.service_name + "/" + function.name + "/";
}

void HttpTriggers::Serve(http::Request request, http::Responder responder) {
  const auto target = ReadTarget(request);
  const bool is_fc3 = target->is_fc3;
  const auto refuse = [&](const PlatformError& error) {
    std::move(responder).Send(PlatformErrorAnswer(error, MakeRequestId(), is_fc3));
  };
  const auto found = is_fc3 ? functions_.Find(target->function)
                            : functions_.Find(target->service, target->function);
  if (const auto* error = std::get_if<PlatformError>(&found)) return refuse(*error);
  FunctionPool& pool = *std::get<FunctionPool*>(found);
  if (const auto error = CheckMethod(pool.function(), request.method())) return refuse(*error);
  if (pool.function().http_trigger->auth_type == "function") {
    if (const auto error = signatures_.Refusal(request)) return refuse(*error);
  }
  if (const auto error = CheckSize(pool, request)) return refuse(*error);
  HttpRequest http = HttpRequestOf(request, target->base_path);
  Call call = MakeCall(pool, std::move(http), request.TakeBody());
  call.qualifier = QualifierOf(target->service);
  const bool answers_as_fc3 = pool.function().edition == Edition::kFc3;
  if (call.http) {
    LetAnswerStream(call, std::move(responder), answers_as_fc3);
  } else {
    LetAnswerWhole(call, std::move(responder), answers_as_fc3);
  }
  pool.Submit(std::move(call));
}

}  // namespace openfc::emulator
