#pragma once

#include "runtime/base/mutex.h"
#include "runtime/base/unique_fd.h"
#include "tests/fakes/answer.h"
#include "tests/fakes/request.h"

#include <poll.h>

#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace openfc::testing {

/// The platform, as far as a test needs it: FC's Runtime API over raw sockets on 127.0.0.1, with
/// scripted answers and a record of every request.
///
/// Polls (`GET .../next`) take their answers from one queue and wait while it is empty; posts take
/// theirs from another and get a plain 200 when it is empty. It shares no code with the servers and
/// clients that it tests. One thread serves all connections; every public function may be called
/// from any thread.
class Platform {
 public:
  Platform();
  Platform(const Platform&) = delete;
  Platform& operator=(const Platform&) = delete;
  ~Platform();

  std::uint16_t port() const { return port_; }
  /// For FC_RUNTIME_API: 127.0.0.1:PORT.
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

  void AnswerNext(Answer answer) EXCLUDES_LOCK(mutex_);
  void AnswerPost(Answer answer) EXCLUDES_LOCK(mutex_);

  /// One answer that hangs goes out; when none hangs yet, the next that would goes at once.
  void Release() EXCLUDES_LOCK(mutex_);

  /// Closes every connection, and refuses new ones until Accept(); the port stays ours.
  void Refuse() EXCLUDES_LOCK(mutex_);
  void Accept() EXCLUDES_LOCK(mutex_);

  /// Everything that came so far, in the order of arrival. A request counts when it is read whole,
  /// or when its answer did not wait for that.
  std::vector<Request> requests() const EXCLUDES_LOCK(mutex_);
  std::vector<Request> polls() const;
  std::vector<Request> posts() const;
  /// The posts for one invocation, to `response` and `error` alike.
  std::vector<Request> PostsFor(std::string_view id) const;

  /// Blocks until `count` such requests have come. False: they did not within kLimit.
  [[nodiscard]] bool AwaitPolls(std::size_t count) const EXCLUDES_LOCK(mutex_);
  [[nodiscard]] bool AwaitPosts(std::size_t count) const EXCLUDES_LOCK(mutex_);
  /// The first post for that invocation; nothing: it did not come within kLimit.
  std::optional<Request> AwaitPostFor(std::string_view id) const EXCLUDES_LOCK(mutex_);
  /// Any condition on what was recorded.
  [[nodiscard]] bool AwaitRequests(
      const std::function<bool(const std::vector<Request>&)>& condition) const
      EXCLUDES_LOCK(mutex_);

 private:
  struct Connection;

  void Run(std::stop_token stop) EXCLUDES_LOCK(mutex_);
  void Wake() const;
  std::vector<pollfd> Watched() const REQUIRES_LOCK(mutex_);
  void Serve() REQUIRES_LOCK(mutex_);
  void OpenOrShut() REQUIRES_LOCK(mutex_);
  void AcceptAll() REQUIRES_LOCK(mutex_);
  void Advance(Connection& connection) REQUIRES_LOCK(mutex_);
  void TakeRequest(Connection& connection) REQUIRES_LOCK(mutex_);
  void TakeAnswer(Connection& connection) REQUIRES_LOCK(mutex_);
  bool Hangs(Answer& answer) REQUIRES_LOCK(mutex_);
  bool ActsOnHead(const Request& head) const REQUIRES_LOCK(mutex_);
  void SetRefusing(bool refusing) EXCLUDES_LOCK(mutex_);

  mutable Mutex mutex_;
  mutable CondVar changed_;
  std::vector<Request> requests_ GUARDED_BY(mutex_);
  std::deque<Answer> next_answers_ GUARDED_BY(mutex_);
  std::deque<Answer> post_answers_ GUARDED_BY(mutex_);
  std::size_t releases_ GUARDED_BY(mutex_) = 0;
  std::size_t accepted_ GUARDED_BY(mutex_) = 0;
  bool wants_refusing_ GUARDED_BY(mutex_) = false;
  bool is_refusing_ GUARDED_BY(mutex_) = false;
  std::list<Connection> connections_ GUARDED_BY(mutex_);
  UniqueFd listener_ GUARDED_BY(mutex_);
  UniqueFd wake_;  // An eventfd: something changed, look again.
  std::uint16_t port_ = 0;
  std::jthread thread_;  // Last: stops before what it serves goes.
};

}  // namespace openfc::testing
