#include "emulator/platform/http_triggers.h"

#include "emulator/instance_plan.h"
#include "emulator/platform/forwarded_answer.h"
#include "emulator/platform/http_limits.h"
#include "emulator/platform/trigger_answer.h"
#include "emulator/request_id.h"
#include "runtime/http/own_hosts.h"
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
  const std::string_view host = http::HostName(request.Header("host").value_or(""));
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

bool Asks(const http::Request& request, std::string_view header, std::string_view word) {
  return http::EqualsIgnoringCase(request.Header(header).value_or(""), word);
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

/// A custom runtime gets the request as it came; of a function of FC 2 its path has the prefix,
/// which a header tells.
Call MakeForwardedCall(const FunctionDefinition& function, std::string request_id,
                       HttpRequest request, std::string body) {
  Call call{.request_id = std::move(request_id), .kind = CallKind::kHttp, .body = std::move(body)};
  if (function.edition == Edition::kFc2) {
    request.target.insert(0, request.base_path);
  } else {
    request.base_path.clear();
  }
  call.http = std::move(request);
  return call;
}

/// What the function is called with.
Call MakeCall(const FunctionPool& pool, const std::string& request_id, HttpRequest request,
              std::string body) {
  const FunctionDefinition& function = pool.function();
  if (function.custom) {
    return MakeForwardedCall(function, request_id, std::move(request), std::move(body));
  }
  Call call{.request_id = request_id, .kind = CallKind::kHttp};
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
void LetAnswerStream(Call& call, http::Responder responder, TriggerClient client) {
  const auto answer =
      std::make_shared<ForwardedAnswer>(std::move(responder), call.request_id, client.limits);
  answer->Attach();
  call.sink = answer;
  call.is_unwanted = [answer] { return answer->IsGone(); };
  call.done = [answer, client = std::move(client)](CallResult result) {
    answer->Close(TriggerAnswer(std::move(result), client));
  };
}

void LetAnswerWhole(Call& call, http::Responder responder, TriggerClient client) {
  call.wants_log = client.wants_log;
  const auto held = std::make_shared<http::Responder>(std::move(responder));
  call.is_unwanted = [held] { return held->IsHalfClosed(); };
  call.done = [held, client = std::move(client)](CallResult result) {
    std::move(*held).Send(TriggerAnswer(std::move(result), client));
  };
}

}  // namespace

bool HttpTriggers::Serves(const http::Request& request) { return ReadTarget(request).has_value(); }

std::string HttpTriggers::PathOf(const FunctionDefinition& function) {
  if (function.edition == Edition::kFc3) return std::string(kProxy3) + function.name + "/";
  return std::string(kProxy2) + function.service_name + "/" + function.name + "/";
}

std::optional<PlatformError> HttpTriggers::CheckRequest(const FunctionPool& pool,
                                                        const http::Request& request) const {
  if (auto error = CheckMethod(pool.function(), request.method())) return error;
  if (pool.function().http_trigger->auth_type == "function") {
    if (auto error = signatures_.Refusal(request)) return error;
  }
  if (pool.model().limits == PlatformLimits::kLifted) return std::nullopt;
  return CheckRequestSize(request);
}

void HttpTriggers::Serve(http::Request request, http::Responder responder) {
  const auto target = ReadTarget(request);
  TriggerClient client{.request_id = MakeRequestId(), .is_fc3 = target->is_fc3};
  const auto refuse = [&](const PlatformError& error) {
    std::move(responder).Send(TriggerRefusal(error, client));
  };
  const std::string qualifier = QualifierOf(target->service);
  if (const auto error = CheckQualifier(qualifier)) return refuse(*error);
  const auto found = client.is_fc3 ? functions_.Find(target->function)
                                   : functions_.Find(target->service, target->function);
  if (const auto* error = std::get_if<PlatformError>(&found)) return refuse(*error);
  FunctionPool& pool = *std::get<FunctionPool*>(found);
  if (const auto error = CheckRequest(pool, request)) return refuse(*error);
  client.is_fc3 = pool.function().edition == Edition::kFc3;
  client.limits = pool.model().limits;
  client.wants_log = Asks(request, "x-fc-log-type", "Tail");
  HttpRequest http = HttpRequestOf(request, target->base_path);
  Call call = MakeCall(pool, client.request_id, std::move(http), request.TakeBody());
  call.qualifier = qualifier;
  if (Asks(request, "x-fc-invocation-type", "Async")) {
    call.kind = CallKind::kAsync;
    async_.Serve(pool, std::move(call), request, std::move(responder), client.is_fc3);
    return;
  }
  if (call.http) {
    LetAnswerStream(call, std::move(responder), std::move(client));
  } else {
    LetAnswerWhole(call, std::move(responder), std::move(client));
  }
  pool.Submit(std::move(call));
}

}  // namespace openfc::emulator
