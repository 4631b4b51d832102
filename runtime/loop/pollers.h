#pragma once

#include "runtime/base/mutex.h"
#include "runtime/client/runtime_api.h"
#include "runtime/dispatch/dispatcher.h"
#include "runtime/loop/post_pool.h"
#include "runtime/loop/shared_polls.h"

#include <cstddef>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

namespace openfc {

/// The threads of the loop. Polls that are out and invocations in flight are never more than the
/// limit together, since each poll may bring one more. A thread that posts will poll next and is
/// counted, but not as one that polls: the platform may be slow to take its answer.
///
/// Each thread begins with a connection of its own. Where the language has a lock, connections on
/// which all goes well are shared from their first answer on.
class Pollers final : private PollEvents {
 public:
  /// `dispatcher` must outlive the object.
  Pollers(OpenRuntimeApi open, Dispatcher& dispatcher, std::size_t limit);
  Pollers(const Pollers&) = delete;
  Pollers& operator=(const Pollers&) = delete;

  /// Blocks until there is no next, for whatever reason it returns, and all is answered. The
  /// calling thread is the first poller.
  Error Run() EXCLUDES_LOCK(mutex_);

 private:
  void Serve() EXCLUDES_LOCK(mutex_);
  /// Until an answer can be sent without waiting, and the connection shared; false: until the end.
  bool ServeAlone(PollPlace& place) EXCLUDES_LOCK(mutex_);
  bool TryShare(PollPlace& place) EXCLUDES_LOCK(mutex_);

  /// Waits for the right to have one more invocation; who brings the answer to one has it already.
  /// False: there will be no next.
  bool BeginPoll(bool has_answer) EXCLUDES_LOCK(mutex_);
  void CountWork() EXCLUDES_LOCK(mutex_);
  void CountAnswered() EXCLUDES_LOCK(mutex_);

  void OnPosted() override EXCLUDES_LOCK(mutex_);
  void OnPairSent() override EXCLUDES_LOCK(mutex_);
  void OnEnd(const Error& error) override EXCLUDES_LOCK(mutex_);
  void OnAllReady() override EXCLUDES_LOCK(mutex_);
  std::optional<Answer> OnWork(RuntimeApi& api, Work work) override EXCLUDES_LOCK(mutex_);

  /// The answer, unless the handler keeps the reply.
  std::optional<Answer> RunHandler(RuntimeApi& api, Work work);
  bool MayStartThread() const REQUIRES_LOCK(mutex_);
  void StartThread() REQUIRES_LOCK(mutex_);

  const OpenRuntimeApi open_;
  Dispatcher& dispatcher_;
  const std::size_t limit_;
  Mutex mutex_;
  CondVar changed_;
  std::size_t polling_ GUARDED_BY(mutex_) = 0;
  std::size_t posting_ GUARDED_BY(mutex_) = 0;
  std::size_t in_flight_ GUARDED_BY(mutex_) = 0;
  std::optional<Error> end_ GUARDED_BY(mutex_);
  PostPool posts_;
  std::unique_ptr<SharedPolls> shared_;  // Null: each thread keeps its connection.
  std::vector<std::jthread> threads_ GUARDED_BY(mutex_);
};

}  // namespace openfc
