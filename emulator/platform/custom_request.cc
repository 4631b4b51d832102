#include "emulator/platform/custom_request.h"

#include "runtime/http/request.h"
#include "runtime/http/response.h"
#include "runtime/wire/error_document.h"
#include "runtime/wire/http_trigger.h"
#include "runtime/wire/invocation_headers.h"

#include <string_view>
#include <variant>

namespace openfc::emulator {
namespace {

using Headers = std::vector<std::pair<std::string, std::string>>;

constexpr std::string_view kControlPath = "x-fc-control-path";

/// Where each kind of call goes.
struct Place {
  const char* method;
  const char* path;
};

Place PlaceOf(InvocationType type) {
  switch (type) {
    case InvocationType::kInvoke:
      return {"POST", "/invoke"};
    case InvocationType::kInitialize:
      return {"POST", "/initialize"};
    case InvocationType::kPreFreeze:
      return {"GET", "/pre-freeze"};
    case InvocationType::kPreStop:
      return {"GET", "/pre-stop"};
  }
  return {"POST", "/invoke"};
}

/// Of a function's hooks every call tells.
void AddHooks(const FunctionDefinition& function, Headers& headers) {
  const auto add = [&headers](const char* name, const std::optional<HookDefinition>& hook) {
    if (hook && !hook->handler.empty()) headers.emplace_back(name, hook->handler);
  };
  add("x-fc-function-initializer", function.initializer);
  if (function.initializer) {
    headers.emplace_back("x-fc-initialization-timeout",
                         std::to_string(function.initializer->timeout.count()));
  }
  add("x-fc-instance-lifecycle-pre-stop-handler", function.pre_stop);
  add("x-fc-instance-lifecycle-pre-freeze-handler", function.pre_freeze);
}

/// The client's own headers but the platform's, and those that are about its connection to us.
void AddClientHeaders(const HttpRequest& http, Headers& headers) {
  for (const auto& [name, value] : http.headers) {
    const bool is_ours = wire::IsReservedRequestHeader(name) || http::IsFraming(name) ||
                         http::EqualsIgnoringCase(name, "expect") ||
                         http::EqualsIgnoringCase(name, "keep-alive");
    if (!is_ours) headers.emplace_back(name, value);
  }
  if (!http.base_path.empty()) headers.emplace_back("x-fc-base-path", http.base_path);
}

bool IsGood(int status) {
  constexpr int kFirstGood = 200;
  constexpr int kFirstOther = 300;
  return status >= kFirstGood && status < kFirstOther;
}

/// A hook that says nothing about its failure fails with its status.
Failure HookFailure(InvocationType type, int status, std::string body) {
  if (!body.empty()) return {.type = "HookFailed", .document = std::move(body)};
  const std::string message =
      std::string(PlaceOf(type).path) + " was answered with the status " + std::to_string(status);
  return {.type = "HookFailed", .document = wire::FaultDocument("HookFailed", message, {})};
}

}  // namespace

ExchangeRequest RequestFor(Invocation& invocation, const FunctionDefinition& function) {
  ExchangeRequest request;
  for (auto& [name, value] : wire::WriteInvocation(invocation)) {
    request.headers.emplace_back(wire::GoHeaderCase(name), std::move(value));
  }
  AddHooks(function, request.headers);
  request.body = std::move(std::get<std::string>(invocation.body));
  if (invocation.http) {
    request.method = std::move(invocation.http->method);
    request.target = std::move(invocation.http->target);
    request.headers.emplace_back(kControlPath, "/http-invoke");
    AddClientHeaders(*invocation.http, request.headers);
    return request;
  }
  const Place place = PlaceOf(invocation.type);
  request.method = place.method;
  request.target = place.path;
  request.headers.emplace_back(kControlPath, place.path);
  request.headers.emplace_back("Host", "127.0.0.1:" + std::to_string(function.custom->port));
  if (invocation.type == InvocationType::kInvoke) {
    request.headers.emplace_back("Content-Type", "application/octet-stream");
  }
  return request;
}

Outcome OutcomeOf(InvocationType type, int status, const Headers& headers, std::string body) {
  if (type != InvocationType::kInvoke) {
    if (IsGood(status)) return Response{.body = std::move(body), .status = status};
    return HookFailure(type, status, std::move(body));
  }
  const auto told = wire::FindHeader(headers, "x-fc-status");
  if (told && *told != "200") return Failure{.type = "FunctionFailed", .document = std::move(body)};
  return Response{.body = std::move(body), .status = status};
}

}  // namespace openfc::emulator
