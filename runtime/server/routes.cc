#include "runtime/server/routes.h"

#include "runtime/page/shared_page.h"
#include "runtime/server/http_body_reader.h"
#include "runtime/server/request_id.h"
#include "runtime/wire/cloud_event.h"
#include "runtime/wire/http_trigger.h"
#include "runtime/wire/invocation_headers.h"

#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

namespace openfc {
namespace {

constexpr std::string_view kControlPath = "x-fc-control-path";
constexpr std::string_view kHttpInvoke = "/http-invoke";

struct Hook {
  InvocationType type;
  std::string_view method;
  std::string_view path;
  std::string RouteOptions::*configured;
  std::string_view handler_header;
  std::string_view timeout_header;  // Empty: the function's own.
};

constexpr auto kHooks = std::to_array<Hook>({
    {InvocationType::kInitialize, "POST", "/initialize", &RouteOptions::initializer,
     "x-fc-function-initializer", "x-fc-initialization-timeout"},
    {InvocationType::kPreStop, "GET", "/pre-stop", &RouteOptions::pre_stop,
     "x-fc-instance-lifecycle-pre-stop-handler", ""},
    {InvocationType::kPreFreeze, "GET", "/pre-freeze", &RouteOptions::pre_freeze,
     "x-fc-instance-lifecycle-pre-freeze-handler", ""},
});

std::string_view ValueOf(const http::Request& request, std::string_view name) {
  return request.Header(name).value_or(std::string_view());
}

const Hook* FindHook(const http::Request& request, const RouteOptions& options) {
  for (const Hook& hook : kHooks) {
    if (request.path() != hook.path || request.method() != hook.method) continue;
    if (!(options.*hook.configured).empty()) return &hook;
    const bool is_application = options.interface != FunctionInterface::kEvent;
    const bool is_asked_for = ValueOf(request, kControlPath) == hook.path;
    return is_asked_for && !is_application ? &hook : nullptr;
  }
  return nullptr;
}

/// The platform says which of the two it is; anybody else means the event.
bool IsEvent(const http::Request& request) {
  return request.method() == "POST" && request.path() == "/invoke" &&
         ValueOf(request, kControlPath) != kHttpInvoke;
}

wire::HeaderList HeadersOf(const http::Request& request) {
  wire::HeaderList headers;
  headers.reserve(request.header_count());
  for (std::size_t i = 0; i < request.header_count(); ++i) {
    headers.emplace_back(request.header_name(i), request.header_value(i));
  }
  return headers;
}

HttpRequest DescriptionOf(const http::Request& request) {
  HttpRequest description;
  description.method = request.method();
  description.target = request.target();
  description.headers = HeadersOf(request);
  description.base_path = ValueOf(request, "x-fc-base-path");
  description.is_http_1_0 = request.is_http_1_0();
  const http::Endpoints& endpoints = request.endpoints();
  description.client_address = endpoints.client_address;
  description.client_port = endpoints.client_port;
  description.server_address = endpoints.server_address;
  description.server_port = endpoints.server_port;
  return description;
}

/// The headers say it of an invocation; of which type it is, and who is called, the route does.
Invocation ReadHead(const http::Request& request, const RouteOptions& options) {
  Invocation invocation =
      wire::ReadInvocation([&](std::string_view name) { return request.Header(name); });
  if (!IsValidRequestId(invocation.request_id)) invocation.request_id = MakeRequestId();
  invocation.type = InvocationType::kInvoke;
  invocation.function.handler = options.handler;
  invocation.http_params.reset();
  return invocation;
}

void BecomeHook(const Hook& hook, const http::Request& request, const RouteOptions& options,
                Invocation& invocation) {
  invocation.type = hook.type;
  const std::string& configured = options.*hook.configured;
  invocation.function.handler =
      configured.empty() ? std::string(ValueOf(request, hook.handler_header)) : configured;
}

void TakeBody(http::Request& request, Invocation& invocation) {
  if (auto source = request.TakeBodySource()) {
    invocation.body = std::make_unique<HttpBodyReader>(std::move(source));
  } else {
    invocation.body = request.TakeBody();
  }
}

/// A hook has a timeout of its own, unless the platform says until when.
void SetHookDeadline(const Hook& hook, const http::Request& request, Invocation& invocation) {
  constexpr std::int64_t kLongest = 86'400;
  if (hook.timeout_header.empty() || request.Header("x-fc-function-deadline")) return;
  const std::string_view text = ValueOf(request, hook.timeout_header);
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc() || end != text.data() + text.size()) return;
  if (seconds <= 0 || seconds > kLongest) return;
  invocation.function.timeout_s = seconds;
  invocation.deadline = Deadline::After(std::chrono::seconds(seconds));
}

/// Takes the body in any case; true: its event's data.
Expected<bool> TakeEvent(http::Request& request, Invocation& invocation) {
  TakeBody(request, invocation);
  auto* const body = std::get_if<std::string>(&invocation.body);
  if (request.method() != "POST" || body == nullptr) return false;
  auto event = wire::FindCloudEvent(HeadersOf(request), *body);
  if (!event) return event.error();
  if (!*event) return false;
  invocation.cloud_event = std::move((*event)->attributes);
  *body = std::move((*event)->data);
  return true;
}

}  // namespace

Expected<RoutedRequest> RouteRequest(http::Request request, const RouteOptions& options) {
  RoutedRequest routed{.kind = RequestKind::kEvent, .invocation = ReadHead(request, options)};
  Invocation& invocation = routed.invocation;
  if (const Hook* const hook = FindHook(request, options)) {
    routed.kind = RequestKind::kHook;
    BecomeHook(*hook, request, options, invocation);
    SetHookDeadline(*hook, request, invocation);
    return routed;
  }
  if (options.interface != FunctionInterface::kEvent) {
    routed.kind = RequestKind::kApplication;
    invocation.http = DescriptionOf(request);
    TakeBody(request, invocation);
    return routed;
  }
  const bool is_event = IsEvent(request);
  const auto is_cloud_event = TakeEvent(request, invocation);
  if (!is_cloud_event) return is_cloud_event.error();
  if (*is_cloud_event || is_event) {
    routed.kind = *is_cloud_event ? RequestKind::kCloudEvent : RequestKind::kEvent;
    return routed;
  }
  routed.kind = RequestKind::kTrigger;
  auto* const body = std::get_if<std::string>(&invocation.body);
  invocation.body = wire::HttpTriggerEvent(DescriptionOf(request), *body, invocation,
                                           std::chrono::system_clock::now());
  return routed;
}

}  // namespace openfc
