#pragma once

#include "runtime/base/error.h"
#include "runtime/base/mutex.h"
#include "runtime/base/unique_fd.h"
#include "runtime/http/request_parser.h"
#include "runtime/http/responder.h"
#include "runtime/http/server.h"
#include "runtime/invoke/invocation.h"
#include "runtime/invoke/reply.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace openfc::emulator {

/// What an instance does at its Runtime API.
struct Delivered {
  std::string request_id;
  std::chrono::steady_clock::time_point at;
};
struct Answered {
  std::string request_id;
  Outcome outcome;
  std::chrono::steady_clock::time_point at;
};
struct InitFailed {
  std::string document;  // The error JSON.
};
using InstanceEvent = std::variant<Delivered, Answered, InitFailed>;

struct RuntimeApiOptions {
  std::size_t max_response_bytes = std::numeric_limits<std::size_t>::max();
};

/// The platform's side of the Runtime API (fc-runtime-api.md, section 1), for one instance.
///
/// Invocations are handed to polls in the order in which they were submitted; each is handed out
/// once, and its answer is taken once: a second post is refused. A poll whose client goes away is
/// forgotten. A result over the limit is refused, and the invocation fails with ResponseTooLarge.
class RuntimeApi {
 public:
  /// Called on the server's thread, or by Submit(), without a lock held: must not block, and must
  /// not destroy the RuntimeApi.
  using Listener = std::function<void(InstanceEvent)>;

  /// Listens on 127.0.0.1, on a port that the system chooses, with a server of its own.
  static Expected<std::unique_ptr<RuntimeApi>> Start(const RuntimeApiOptions& options,
                                                     Listener listener);

  /// The same on a server that there is, which must outlive it; destroyed on that server's thread.
  static Expected<std::unique_ptr<RuntimeApi>> StartOn(http::Server& server,
                                                       const RuntimeApiOptions& options,
                                                       Listener listener);
  ~RuntimeApi();
  RuntimeApi(const RuntimeApi&) = delete;
  RuntimeApi& operator=(const RuntimeApi&) = delete;

  /// For FC_RUNTIME_API: `127.0.0.1:PORT`.
  std::string Address() const;

  /// For OPENFC_RUNTIME_SOCKET: the name of a Unix socket where the same is served. A message costs
  /// the kernel far less there than over TCP.
  const std::string& LocalName() const { return local_name_; }

  /// Queues an invocation whose body is whole. Its deadline is set when it is handed out, from its
  /// timeout.
  void Submit(Invocation invocation) EXCLUDES_LOCK(mutex_);

  /// From now on an answer to this invocation is refused. False when it was answered already, or
  /// was never handed out.
  bool GiveUp(std::string_view request_id) EXCLUDES_LOCK(mutex_);

  /// Takes an invocation back that no poll has had yet; nothing when one has.
  std::optional<Invocation> Withdraw(std::string_view request_id) EXCLUDES_LOCK(mutex_);

 private:
  RuntimeApi(const RuntimeApiOptions& options, Listener listener);

  Status OpenDoor(http::Server& server, UniqueFd socket);
  Status OpenLocalDoor(http::Server& server);
  http::ServerOptions MakeServerOptions();
  http::RequestHandler MakeHandler();

  void Serve(http::Request request, http::Responder responder) EXCLUDES_LOCK(mutex_);
  void ServeNext(http::Responder responder) EXCLUDES_LOCK(mutex_);
  void ServeInitError(http::Request request, http::Responder responder);
  void ServePost(http::Request request, http::Responder responder) EXCLUDES_LOCK(mutex_);
  http::Response Refuse(const http::Request& seen, const http::RequestParser::Refusal& refusal)
      EXCLUDES_LOCK(mutex_);

  void Deliver(Invocation invocation, http::Responder responder) EXCLUDES_LOCK(mutex_);
  void Park(http::Responder responder) EXCLUDES_LOCK(mutex_);
  void ForgetPoll(std::uint64_t number) EXCLUDES_LOCK(mutex_);

  enum class Claim { kTaken, kUnknown, kClosed };
  Claim TryClose(std::string_view request_id) EXCLUDES_LOCK(mutex_);

  const RuntimeApiOptions options_;
  const Listener listener_;
  Mutex mutex_;
  std::deque<Invocation> queue_ GUARDED_BY(mutex_);
  std::map<std::uint64_t, http::Responder> polls_ GUARDED_BY(mutex_);  // In order of arrival.
  std::uint64_t polls_seen_ GUARDED_BY(mutex_) = 0;
  std::set<std::string, std::less<>> open_ GUARDED_BY(mutex_);  // Handed out, and unanswered.
  std::deque<std::string> closed_ GUARDED_BY(mutex_);  // The latest: the others are forgotten.
  http::Server* host_ = nullptr;                       // Where it is served, if not on its own.
  std::vector<http::Server::DoorId> doors_;
  std::uint16_t port_ = 0;
  std::string local_name_;
  std::shared_ptr<RuntimeApi*> self_;     // For what may be called when this is gone.
  std::unique_ptr<http::Server> server_;  // Last: its thread uses all of the above.
};

}  // namespace openfc::emulator
