#include "emulator/platform/control_api.h"

#include "emulator/console/assets.h"
#include "emulator/digest/sha256.h"
#include "emulator/platform/query_value.h"
#include "emulator/platform/task_api.h"
#include "emulator/request_id.h"
#include "runtime/wire/encoding.h"

#include <charconv>
#include <memory>
#include <optional>
#include <utility>
#include <variant>

namespace openfc::emulator {
namespace {

constexpr std::string_view kRoot = "/_openfc/";

void Answer(http::Responder responder, int status, std::string document) {
  std::move(responder).Send(
      {.status = status,
       .headers = {{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}},
       .body = std::move(document)});
}

void Refuse(http::Responder responder, int status, std::string_view sentence) {
  Answer(std::move(responder), status, ErrorDocument(sentence));
}

/// What stands in `path` between `before` and `after`, decoded; nothing when that is not its form.
std::optional<std::string> Between(std::string_view path, std::string_view before,
                                   std::string_view after) {
  if (path.size() <= before.size() + after.size() || !path.starts_with(before) ||
      !path.ends_with(after)) {
    return std::nullopt;
  }
  path.remove_prefix(before.size());
  path.remove_suffix(after.size());
  if (path.find('/') != std::string_view::npos) return std::nullopt;
  return wire::DecodePercent(path);
}

bool IsLoopback(std::string_view address) {
  return address == "::1" || address.starts_with("127.") || address.starts_with("::ffff:127.");
}

http::Response PageHead(const Asset& asset) {
  http::Response response{.headers = {{"Content-Type", std::string(asset.content_type)},
                                      {"Content-Security-Policy", std::string(kFramePolicy)},
                                      {"X-Content-Type-Options", "nosniff"},
                                      {"Referrer-Policy", "no-referrer"}}};
  if (asset.etag.empty()) {
    response.headers.emplace_back("Cache-Control", "no-store");
  } else {
    response.headers.emplace_back("Cache-Control", "no-cache");
    response.headers.emplace_back("ETag", asset.etag);
  }
  return response;
}

}  // namespace

ControlApi::ControlApi(const Subject& subject, Options options)
    : subject_(subject), options_(std::move(options)), calls_(subject.history, subject.loop) {}

bool ControlApi::Serves(std::string_view path) { return path == "/" || path.starts_with(kRoot); }

void ControlApi::Serve(http::Request request, http::Responder responder) {
  const std::string_view path = request.path();
  const bool is_get = request.method() == "GET" || request.method() == "HEAD";
  if (options_.token.empty()) {
    Refuse(std::move(responder), 404, "there is no console here");
  } else if (FindAsset(path) != nullptr && is_get) {
    ServePage(request, std::move(responder));
  } else if (!HasToken(request)) {
    Refuse(std::move(responder), 403,
           "the header x-openfc-token is missing or is not this fclocal's");
  } else if (TaskApi::Serves(path) && subject_.async != nullptr) {
    std::move(responder).Send(TaskApi(subject_.functions, *subject_.async).Serve(request));
  } else if (is_get) {
    ServeGet(request, std::move(responder));
  } else if (request.method() == "POST") {
    ServePost(std::move(request), std::move(responder));
  } else {
    Refuse(std::move(responder), 405, "only GET and POST are understood here");
  }
}

bool ControlApi::HasToken(const http::Request& request) const {
  return IsSameSecret(request.Header("x-openfc-token").value_or(""), options_.token);
}

void ControlApi::ServePage(const http::Request& request, http::Responder responder) const {
  const Asset& asset = *FindAsset(request.path());
  const bool has_token = request.path() == "/";
  if (has_token && !options_.is_page_for_all && !IsLoopback(request.endpoints().client_address)) {
    Refuse(std::move(responder), 403, "with --auth the console is for this machine alone");
    return;
  }
  http::Response response = PageHead(asset);
  const std::string_view etag = asset.etag;
  if (!etag.empty() && request.Header("if-none-match") == etag) {
    response.status = 304;
  } else if (has_token) {
    response.body = FillToken(asset.bytes, options_.token);
  } else {
    response.body = asset.bytes;
  }
  std::move(responder).Send(std::move(response));
}

void ControlApi::ServeGet(const http::Request& request, http::Responder responder) {
  const std::string_view path = request.path();
  if (path == "/_openfc/functions") {
    Answer(std::move(responder), 200,
           FunctionsDocument(subject_.functions, request.Header("host").value_or("localhost"),
                             options_.next_firing));
  } else if (path == "/_openfc/events") {
    Answer(std::move(responder), 200, EventsDocument());
  } else if (path == "/_openfc/instances") {
    Answer(std::move(responder), 200, InstancesDocument(subject_.functions));
  } else if (path == "/_openfc/invocations") {
    const std::string after = QueryValue(request.target(), "after");
    std::uint64_t sequence = 0;
    const auto [end, error] = std::from_chars(after.data(), after.data() + after.size(), sequence);
    if (!after.empty() && (error != std::errc() || end != after.data() + after.size())) {
      Refuse(std::move(responder), 400, "`after` must be the number of an invocation");
      return;
    }
    calls_.Ask(sequence, QueryValue(request.target(), "function"), std::move(responder));
  } else if (const auto id = Between(path, "/_openfc/invocations/", "/log")) {
    ServeLog(*id, std::move(responder));
  } else {
    Refuse(std::move(responder), 404, "there is no such path");
  }
}

void ControlApi::ServeLog(std::string_view request_id, http::Responder responder) const {
  const RequestLogs::Entry* const entry = subject_.logs.Find(request_id);
  if (entry == nullptr) {
    Refuse(std::move(responder), 404, "this request is unknown, or too old to have its log kept");
  } else {
    Answer(std::move(responder), 200, LogDocument(*entry));
  }
}

void ControlApi::ServePost(http::Request request, http::Responder responder) {
  const std::string_view path = request.path();
  if (const auto name = Between(path, "/_openfc/functions/", "/invoke")) {
    ServeInvoke(*name, request, std::move(responder));
  } else if (const auto id = Between(path, "/_openfc/instances/", "/stop")) {
    ServeStop(*id, std::move(responder));
  } else if (path == "/_openfc/stop" && options_.stop) {
    Answer(std::move(responder), 200, "{}");
    options_.stop();
  } else {
    Refuse(std::move(responder), 404, "there is no such path");
  }
}

void ControlApi::ServeStop(std::string_view instance_id, http::Responder responder) {
  for (const auto& pool : subject_.functions.pools()) {
    for (const auto& instance : pool->instances()) {
      if (instance->id() != instance_id || instance->state() == LiveInstance::State::kGone) {
        continue;
      }
      instance->Stop();
      Answer(std::move(responder), 200, "{}");
      return;
    }
  }
  Refuse(std::move(responder), 404, "there is no such instance");
}

void ControlApi::ServeInvoke(std::string_view name, http::Request& request,
                             http::Responder responder) {
  const std::string service = QueryValue(request.target(), "service");
  const auto found =
      service.empty() ? subject_.functions.Find(name) : subject_.functions.Find(service, name);
  if (const auto* error = std::get_if<PlatformError>(&found)) {
    Refuse(std::move(responder), error->status, error->message);
    return;
  }
  FunctionPool& pool = *std::get<FunctionPool*>(found);
  const bool is_async = QueryValue(request.target(), "async") == "1";
  Call call{.request_id = MakeRequestId(),
            .kind = is_async ? CallKind::kAsync : CallKind::kSync,
            .body = request.TakeBody(),
            .wants_log = true};
  if (is_async) {
    SubmitAsync(pool, std::move(call), std::move(responder));
  } else {
    Submit(pool, std::move(call), std::move(responder));
  }
}

void ControlApi::Submit(FunctionPool& pool, Call call, http::Responder responder) {
  const auto held = std::make_shared<http::Responder>(std::move(responder));
  call.is_unwanted = [held] { return held->IsHalfClosed(); };
  call.done = [held, id = call.request_id](const CallResult& result) {
    Answer(std::move(*held), 200, ResultDocument(result, id));
  };
  pool.Submit(std::move(call));
}

void ControlApi::SubmitAsync(FunctionPool& pool, Call call, http::Responder responder) const {
  if (subject_.async == nullptr) {
    Refuse(std::move(responder), 400, "asynchronous calls are not served here");
    return;
  }
  const auto held = std::make_shared<http::Responder>(std::move(responder));
  const auto told = [held, id = call.request_id](const std::optional<PlatformError>& error) {
    if (error) {
      Refuse(std::move(*held), error->status, error->message);
    } else {
      Answer(std::move(*held), 200, RequestDocument(id));
    }
  };
  subject_.async->Take(pool, std::move(call), {}, told);
}

}  // namespace openfc::emulator
