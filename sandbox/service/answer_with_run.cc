#include "sandbox/service/answer_with_run.h"

#include "runtime/base/mutex.h"
#include "sandbox/service/workers.h"

#include <chrono>
#include <exception>
#include <memory>
#include <utility>

namespace openfc::sandbox {
namespace {

constexpr std::chrono::seconds kRetryAfter{1};
constexpr std::string_view kNoAnswer = "the service could not make an answer of the run";

/// A run that a client waits for. Whichever comes later, the client's leaving or the handle,
/// cancels.
class AwaitedRun {
 public:
  explicit AwaitedRun(http::Responder responder) : responder_(std::move(responder)) {}

  void OnClientGone() EXCLUDES_LOCK(mutex_) {
    const MutexLock lock(mutex_);
    is_gone_ = true;
    if (handle_) handle_->Cancel();
  }

  void SetHandle(std::unique_ptr<RunHandle> handle) EXCLUDES_LOCK(mutex_) {
    const MutexLock lock(mutex_);
    handle_ = std::move(handle);
    if (is_gone_) handle_->Cancel();
  }

  /// Once only each, in one thread after the other.
  http::Responder& responder() { return responder_; }

 private:
  http::Responder responder_;
  Mutex mutex_;
  std::unique_ptr<RunHandle> handle_ GUARDED_BY(mutex_);
  bool is_gone_ GUARDED_BY(mutex_) = false;
};

http::Response Render(const Dialect& dialect, const RunRenderer& render,
                      const RunOutcome& outcome) try {
  return render(outcome);
} catch (const std::exception&) {
  // What it says is about our own code, and no client's business.
  return dialect.Refuse(500, kNoAnswer);
}

}  // namespace

void AnswerWithRun(const Ground& ground, const Dialect& dialect, RunRequest request,
                   http::Responder responder, const RunRenderer& render) {
  const auto run = std::make_shared<AwaitedRun>(std::move(responder));
  const auto cancel = [watched = std::weak_ptr(run)] {
    if (const auto gone = watched.lock()) gone->OnClientGone();
  };
  // A client that closes its sending half, which those of HTTP do not, looks as one that has gone.
  run->responder().WhenHalfClosed(cancel);
  run->responder().WhenGone(cancel);
  auto on_end = [&workers = ground.workers, &dialect, run, render](RunOutcome outcome) {
    const auto ended = std::make_shared<const RunOutcome>(std::move(outcome));
    workers.Post([&dialect, run, render, ended] {
      std::move(run->responder()).Send(Render(dialect, render, *ended));
    });
  };
  auto taken = ground.executor.Submit(std::move(request), {.on_end = std::move(on_end)});
  if (taken) return run->SetHandle(*std::move(taken));
  std::move(run->responder()).Send(RefusalOf(taken.error(), dialect));
}

http::Response RefusalOf(const Error& error, const Dialect& dialect) {
  if (error.code == ErrorCode::kUnavailable) {
    return WithRetryAfter(dialect.RefuseBusy(), kRetryAfter);
  }
  if (error.code == ErrorCode::kInvalidArgument) return dialect.Refuse(400, error.message);
  return dialect.Refuse(500, "the run could not be taken");
}

}  // namespace openfc::sandbox
