#pragma once

#include "runtime/base/error.h"
#include "runtime/base/mutex.h"
#include "runtime/base/unique_fd.h"
#include "runtime/client/runtime_api.h"
#include "runtime/invoke/language_lock.h"
#include "runtime/loop/silence_timer.h"

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

namespace openfc {

/// A connection, and what is to be posted over it next.
struct PollPlace {
  std::unique_ptr<RuntimeApi> api;
  std::optional<Answer> answer;
};

/// What SharedPolls tells their owner; from any of its threads.
class PollEvents {
 public:
  virtual void OnPosted() = 0;    // A pair's answer: from here on its poll is out.
  virtual void OnPairSent() = 0;  // An invocation was answered, and the answer is under way.
  virtual void OnEnd(const Error& error) = 0;  // A poll was the last one of its connection.
  virtual void OnAllReady() = 0;               // All polls brought something at once.

  /// Runs an invocation. Nothing: its answer comes another way.
  virtual std::optional<Answer> OnWork(RuntimeApi& api, Work work) = 0;

 protected:
  ~PollEvents() = default;
};

/// Polls that are out on several connections, looked after by one thread at a time, which also runs
/// what they bring: as long as functions are quick, no thread waits for another, and the lock of
/// the language stays where it is.
///
/// That thread is the leader. A second one stands by, waiting for the language's lock: it gets it
/// when the function lets go of it to wait (or is made to, after a while), and leads from then on.
/// So a function that waits never delays what other polls bring. All others rest.
class SharedPolls {
 public:
  /// Both must outlive the object.
  SharedPolls(LanguageLock& lock, PollEvents& events);
  SharedPolls(const SharedPolls&) = delete;
  SharedPolls& operator=(const SharedPolls&) = delete;

  /// Takes a connection on which BeginPostAndNext() said true. Its thread is to call Serve() next:
  /// there are as many threads as connections.
  void Add(std::unique_ptr<RuntimeApi> api) EXCLUDES_LOCK(mutex_);

  /// Returns with a connection that the calling thread has to look after alone, since it would hold
  /// up the others; or with nothing, once End() was said and no connection is left.
  std::optional<PollPlace> Serve() EXCLUDES_LOCK(mutex_);

  void End() EXCLUDES_LOCK(mutex_);

 private:
  struct Member {
    bool holds_lock = false;
  };
  struct Connection {
    std::unique_ptr<RuntimeApi> api;
    // Told with the connection's readiness: from whoever had it to the leader, and back.
    std::atomic<SilenceTimer::Time> silence_end = SilenceTimer::Time::max();
  };
  enum class Role { kLeader, kStandBy, kNone };

  Role AwaitRole(Member& me) EXCLUDES_LOCK(mutex_);
  bool BecomeLeaderInstead(Member& me) EXCLUDES_LOCK(mutex_);
  std::optional<PollPlace> Lead(Member& me) EXCLUDES_LOCK(mutex_);
  void Resign(Member& me) EXCLUDES_LOCK(mutex_);
  bool Leads(const Member& me) const { return leader_.load() == &me; }

  /// Null: it is over.
  Connection* NextReady(Member& me) EXCLUDES_LOCK(mutex_);
  void WaitIdly(Member& me) EXCLUDES_LOCK(mutex_);
  void GetBusy(Member& me) EXCLUDES_LOCK(mutex_);
  void Collect(int timeout_ms) EXCLUDES_LOCK(mutex_);
  void OnReady(void* what) EXCLUDES_LOCK(mutex_);
  void EndSilences() EXCLUDES_LOCK(mutex_);
  std::optional<PollPlace> ServeOne(Member& me, Connection& connection) EXCLUDES_LOCK(mutex_);
  std::optional<Expected<Work>> TryNext(Member& me, RuntimeApi& api) EXCLUDES_LOCK(mutex_);
  bool BeginPair(Member& me, RuntimeApi& api, Answer& answer) EXCLUDES_LOCK(mutex_);
  std::optional<Answer> Run(Member& me, RuntimeApi& api, Work work);
  void Await(Connection& connection);
  std::unique_ptr<RuntimeApi> Take(Connection& connection) EXCLUDES_LOCK(mutex_);
  bool IsOver() REQUIRES_LOCK(mutex_) { return is_ended_ && connections_.empty(); }

  LanguageLock& lock_;
  PollEvents& events_;
  const std::function<void()> when_posted_;
  const UniqueFd epoll_;
  const UniqueFd over_;    // An eventfd, written when it may be over.
  SilenceTimer silences_;  // For the connections that the platform owes an answer.

  std::vector<Connection*> ready_;  // The leader's.
  bool function_runs_ = false;      // The leader's, and guarded by the language's lock.

  std::atomic<const Member*> leader_ = nullptr;  // Changed under the mutex.
  std::atomic<std::size_t> polling_ = 0;

  Mutex mutex_;
  CondVar changed_;
  bool is_busy_ GUARDED_BY(mutex_) = false;  // The leader does not wait idly.
  bool has_stand_by_ GUARDED_BY(mutex_) = false;
  bool is_ended_ GUARDED_BY(mutex_) = false;
  std::unordered_map<const Connection*, std::unique_ptr<Connection>> connections_
      GUARDED_BY(mutex_);
};

}  // namespace openfc
