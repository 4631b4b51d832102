#include "emulator/runtime_api.h"

#include "runtime/http/listen.h"
#include "runtime/http/server.h"
#include "runtime/wire/fault.h"
#include "runtime/wire/invocation_headers.h"
#include "runtime/wire/routes.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

namespace openfc::emulator {
namespace {

using std::chrono::seconds;
using Clock = std::chrono::steady_clock;

// Closed invocations whose ids are kept, to tell a second answer from one to an unknown id.
constexpr std::size_t kRemembered = 1024;

http::Response ErrorAnswer(int status, std::string_view code, std::string_view message) {
  const nlohmann::json document = {{"ErrorCode", code}, {"ErrorMessage", message}};
  return {.status = status,
          .headers = {{"Content-Type", "application/json"}},
          .body = document.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n"};
}

http::Response WrongMethod(std::string_view allowed) {
  auto answer = ErrorAnswer(405, "MethodNotAllowed",
                            "this path of the Runtime API takes " + std::string(allowed) + " only");
  answer.headers.emplace_back("Allow", allowed);
  return answer;
}

http::Response UnknownPath() {
  return ErrorAnswer(404, "PathNotSupported", "the Runtime API has no such path");
}

/// A post for one invocation, by its path.
struct PostTarget {
  std::string_view request_id;
  bool is_error = false;
};

/// The id is a part of `path`.
std::optional<PostTarget> ParseTarget(std::string_view path) {
  const std::string_view prefix = wire::kInvocationPrefix;
  if (!path.starts_with(prefix)) return std::nullopt;
  const std::string_view rest = path.substr(prefix.size());
  for (const bool is_error : {false, true}) {
    const std::string_view suffix = is_error ? wire::kErrorSuffix : wire::kResponseSuffix;
    if (!rest.ends_with(suffix)) continue;
    const auto id = rest.substr(0, rest.size() - suffix.size());
    if (id.empty() || id.find('/') != std::string_view::npos) return std::nullopt;
    return PostTarget{.request_id = id, .is_error = is_error};
  }
  return std::nullopt;
}

/// The `errorType` of an error JSON; empty when there is none to be found.
std::string ErrorTypeOf(const std::string& document) {
  const auto parsed = nlohmann::json::parse(document, nullptr, /*allow_exceptions=*/false);
  if (!parsed.is_object()) return {};
  const auto type = parsed.find("errorType");
  return type != parsed.end() && type->is_string() ? type->get<std::string>() : std::string();
}

Outcome OutcomeOf(const PostTarget& target, http::Request& request) {
  if (target.is_error) {
    std::string document = request.TakeBody();
    std::string type = ErrorTypeOf(document);
    return Failure{.type = std::move(type), .document = std::move(document)};
  }
  Response response;
  if (const auto params = request.Header(wire::kHttpParamsHeader)) response.http_params = *params;
  response.body = request.TakeBody();
  return response;
}

/// 0 when it came in chunks.
std::size_t AnnouncedLength(const http::Request& request) {
  const std::string_view text = request.Header("content-length").value_or("");
  std::size_t length = 0;
  std::from_chars(text.data(), text.data() + text.size(), length);
  return length;
}

}  // namespace

Expected<std::unique_ptr<RuntimeApi>> RuntimeApi::Start(const RuntimeApiOptions& options,
                                                        Listener listener) {
  std::unique_ptr<RuntimeApi> api(new RuntimeApi(options, std::move(listener)));
  auto server = http::Server::Start(api->MakeServerOptions(), api->MakeHandler());
  if (!server) return server.error();
  api->port_ = (*server)->port();
  api->server_ = *std::move(server);
  if (const Status opened = api->OpenLocalDoor(*api->server_); !opened) return opened.error();
  return api;
}

Expected<std::unique_ptr<RuntimeApi>> RuntimeApi::StartOn(http::Server& server,
                                                          const RuntimeApiOptions& options,
                                                          Listener listener) {
  std::unique_ptr<RuntimeApi> api(new RuntimeApi(options, std::move(listener)));
  auto socket = http::Listen("127.0.0.1", 0);
  if (!socket) return socket.error();
  const auto port = http::LocalPort(*socket);
  if (!port) return port.error();
  api->port_ = *port;
  api->host_ = &server;
  Status opened = api->OpenDoor(server, *std::move(socket));
  if (opened) opened = api->OpenLocalDoor(server);
  if (!opened) return opened.error();
  return api;
}

Status RuntimeApi::OpenDoor(http::Server& server, UniqueFd socket) {
  const auto door = server.AlsoServe(std::move(socket), MakeServerOptions(), MakeHandler());
  if (!door) return door.error();
  doors_.push_back(*door);
  return Ok();
}

Status RuntimeApi::OpenLocalDoor(http::Server& server) {
  auto socket = http::ListenLocally();
  if (!socket) return socket.error();
  auto name = http::LocalName(*socket);
  if (!name) return name.error();
  local_name_ = *std::move(name);
  return OpenDoor(server, *std::move(socket));
}

RuntimeApi::RuntimeApi(const RuntimeApiOptions& options, Listener listener)
    : options_(options),
      listener_(std::move(listener)),
      self_(std::make_shared<RuntimeApi*>(this)) {}

RuntimeApi::~RuntimeApi() {
  if (host_ == nullptr) return;
  for (const auto door : doors_) host_->Retire(door);
}

http::ServerOptions RuntimeApi::MakeServerOptions() {
  return {// The answer of an HTTP function has all its headers in one of ours.
          .limits = {.max_line_bytes = http::RequestLimits().max_header_bytes,
                     .max_body_bytes = options_.max_response_bytes},
          .refuse =
              [this](const http::Request& seen, const http::RequestParser::Refusal& refusal) {
                return Refuse(seen, refusal);
              },
          .gathers_answers = true};
}

http::RequestHandler RuntimeApi::MakeHandler() {
  return [this](http::Request request, http::Responder responder) {
    Serve(std::move(request), std::move(responder));
  };
}

std::string RuntimeApi::Address() const { return "127.0.0.1:" + std::to_string(port_); }

void RuntimeApi::Submit(Invocation invocation) {
  std::optional<http::Responder> poll;
  {
    MutexLock lock(mutex_);
    const auto waiting = std::find_if(polls_.begin(), polls_.end(), [](const auto& entry) {
      return !entry.second.IsHalfClosed();
    });
    if (waiting == polls_.end()) {
      queue_.push_back(std::move(invocation));
      return;
    }
    poll = std::move(polls_.extract(waiting).mapped());
  }
  Deliver(std::move(invocation), *std::move(poll));
}

bool RuntimeApi::GiveUp(std::string_view request_id) {
  return TryClose(request_id) == Claim::kTaken;
}

std::optional<Invocation> RuntimeApi::Withdraw(std::string_view request_id) {
  MutexLock lock(mutex_);
  const auto found = std::find_if(queue_.begin(), queue_.end(), [&](const Invocation& invocation) {
    return invocation.request_id == request_id;
  });
  if (found == queue_.end()) return std::nullopt;
  std::optional<Invocation> withdrawn = std::move(*found);
  queue_.erase(found);
  return withdrawn;
}

void RuntimeApi::Serve(http::Request request, http::Responder responder) {
  const std::string_view path = request.path();
  const bool is_next = path == wire::kNextPath;
  const bool is_post = path == wire::kInitErrorPath || path.starts_with(wire::kInvocationPrefix);
  if (!is_next && !is_post) {
    std::move(responder).Send(UnknownPath());
  } else if (request.method() != (is_next ? "GET" : "POST")) {
    std::move(responder).Send(WrongMethod(is_next ? "GET" : "POST"));
  } else if (is_next) {
    ServeNext(std::move(responder));
  } else if (path == wire::kInitErrorPath) {
    ServeInitError(std::move(request), std::move(responder));
  } else {
    ServePost(std::move(request), std::move(responder));
  }
}

void RuntimeApi::ServeNext(http::Responder responder) {
  std::optional<Invocation> next;
  {
    MutexLock lock(mutex_);
    if (!queue_.empty()) {
      next = std::move(queue_.front());
      queue_.pop_front();
    }
  }
  if (next) {
    Deliver(*std::move(next), std::move(responder));
  } else {
    Park(std::move(responder));
  }
}

void RuntimeApi::Deliver(Invocation invocation, http::Responder responder) {
  const auto now = Clock::now();
  invocation.deadline = Deadline(now + seconds(invocation.function.timeout_s));
  {
    MutexLock lock(mutex_);
    open_.insert(invocation.request_id);
  }
  // Told first: an answer cannot come before its delivery.
  listener_(Delivered{.request_id = invocation.request_id, .at = now});
  http::Response answer{.headers = wire::WriteInvocation(invocation)};
  answer.headers.emplace_back("Content-Type", wire::kResponseContentType);
  answer.body = std::get<std::string>(std::move(invocation.body));
  std::move(responder).Send(std::move(answer));
}

void RuntimeApi::Park(http::Responder responder) {
  MutexLock lock(mutex_);
  const std::uint64_t number = ++polls_seen_;
  responder.WhenHalfClosed([self = std::weak_ptr<RuntimeApi*>(self_), number] {
    if (const auto api = self.lock()) (*api)->ForgetPoll(number);
  });
  polls_.emplace(number, std::move(responder));
}

void RuntimeApi::ForgetPoll(std::uint64_t number) {
  std::optional<http::Responder> forgotten;  // Let go of without the lock.
  MutexLock lock(mutex_);
  const auto found = polls_.find(number);
  if (found == polls_.end()) return;
  forgotten = std::move(found->second);
  polls_.erase(found);
}

void RuntimeApi::ServeInitError(http::Request request, http::Responder responder) {
  listener_(InitFailed{.document = request.TakeBody()});
  std::move(responder).Send({});
}

RuntimeApi::Claim RuntimeApi::TryClose(std::string_view request_id) {
  MutexLock lock(mutex_);
  const auto found = open_.find(request_id);
  if (found == open_.end()) {
    const bool was_open = std::find(closed_.begin(), closed_.end(), request_id) != closed_.end();
    return was_open ? Claim::kClosed : Claim::kUnknown;
  }
  closed_.push_back(std::move(open_.extract(found).value()));
  // An instance may live for days: who answers so late again is told that nobody knows the id.
  if (closed_.size() > kRemembered) closed_.pop_front();
  return Claim::kTaken;
}

void RuntimeApi::ServePost(http::Request request, http::Responder responder) {
  const auto now = Clock::now();
  const auto target = ParseTarget(request.path());
  if (!target) {
    std::move(responder).Send(UnknownPath());
    return;
  }
  switch (TryClose(target->request_id)) {
    case Claim::kUnknown:
      std::move(responder).Send(ErrorAnswer(404, "InvocationNotFound",
                                            "no invocation with this request id was handed out"));
      return;
    case Claim::kClosed:
      std::move(responder).Send(ErrorAnswer(
          409, "InvocationClosed", "this invocation was answered already, or its time is over"));
      return;
    case Claim::kTaken:
      break;
  }
  listener_(Answered{.request_id = std::string(target->request_id),
                     .outcome = OutcomeOf(*target, request),
                     .at = now});
  std::move(responder).Send({});
}

http::Response RuntimeApi::Refuse(const http::Request& seen,
                                  const http::RequestParser::Refusal& refusal) {
  if (refusal.status != 413) return ErrorAnswer(refusal.status, "InvalidArgument", refusal.reason);
  const std::size_t limit = options_.max_response_bytes;
  const auto target = ParseTarget(seen.path());
  if (target && TryClose(target->request_id) == Claim::kTaken) {
    listener_(Answered{
        .request_id = std::string(target->request_id),
        .outcome = wire::ResponseTooLarge(std::max(AnnouncedLength(seen), limit + 1), limit),
        .at = Clock::now()});
  }
  return ErrorAnswer(413, "EntityTooLarge", refusal.reason);
}

}  // namespace openfc::emulator
