#include "runtime/loop/pollers.h"

#include "runtime/base/log.h"
#include "runtime/wire/fault.h"

#include <algorithm>
#include <memory>
#include <string>
#include <system_error>
#include <utility>

namespace openfc {
namespace {

constexpr std::size_t kMostPostThreads = 16;

/// A handler's turn in a thread of ours. An answer that is given in it waits for that thread, which
/// posts it together with its next poll.
struct Turn {
  const std::thread::id thread = std::this_thread::get_id();
  bool is_over = false;          // From here on that thread's own.
  std::optional<Answer> answer;  // Once it was given.
};

/// The Runtime API's end of a reply. It takes whole answers only: the protocol has no place for a
/// streamed one.
class PostingSink final : public ReplySink {
 public:
  /// `api` is used within the turn only, `posts` at any time.
  PostingSink(std::shared_ptr<Turn> turn, RuntimeApi& api, PostPool& posts, const Work& work)
      : turn_(std::move(turn)),
        api_(api),
        posts_(posts),
        request_id_(work.invocation->request_id),
        row_(work.row) {}

  void Send(Outcome outcome) override {
    Answer answer{.request_id = request_id_, .row = row_, .outcome = std::move(outcome)};
    if (turn_->thread == std::this_thread::get_id() && !turn_->is_over) {
      turn_->answer = std::move(answer);
    } else {
      posts_.Post(std::move(answer));
    }
  }

  Expected<std::unique_ptr<BodyWriter>> Begin(StreamHead /*head*/) override {
    return Error{ErrorCode::kInvalidArgument, "the Runtime API does not stream"};
  }

  void EndsItselfAtDeadline() override { api_.LeaveDeadlineToHandler(row_); }

  void Abandon() override { Send(wire::NoAnswer()); }

 private:
  const std::shared_ptr<Turn> turn_;  // Shared with the thread, which may be done before the reply.
  RuntimeApi& api_;
  PostPool& posts_;
  const std::string request_id_;
  const std::size_t row_;
};

}  // namespace

Pollers::Pollers(OpenRuntimeApi open, Dispatcher& dispatcher, std::size_t limit)
    : open_(std::move(open)),
      dispatcher_(dispatcher),
      limit_(std::max<std::size_t>(limit, 1)),
      posts_(open_, std::min(limit_, kMostPostThreads), [this] { OnPosted(); }) {}

Error Pollers::Run() {
  Serve();
  std::vector<std::jthread> threads;
  {
    const MutexLock lock(mutex_);
    threads = std::move(threads_);
  }
  threads.clear();  // Each ends after its last answer.
  const MutexLock lock(mutex_);
  while (in_flight_ > 0) changed_.Wait(mutex_);
  return end_.value_or(Error{ErrorCode::kCancelled, "the instance stops"});
}

void Pollers::Serve() {
  const auto api = open_();
  const std::function<void()> when_posted = [this] { OnPostedBeforePoll(); };
  std::optional<Answer> answer;
  while (BeginPoll(answer.has_value())) {
    auto work = answer ? api->PostAndNext(*std::exchange(answer, {}), when_posted) : api->Next();
    if (!work) return OnEnd(work.error());
    OnWork();
    answer = RunHandler(*api, *std::move(work));
  }
  if (!answer) return;
  api->Post(*std::move(answer));
  OnPosted();
}

bool Pollers::BeginPoll(bool has_answer) {
  const MutexLock lock(mutex_);
  if (end_) return false;
  if (has_answer) {
    --in_flight_;
    ++posting_;
    return true;
  }
  while (!end_ && polling_ + posting_ + in_flight_ >= limit_) changed_.Wait(mutex_);
  if (end_) return false;
  ++polling_;
  return true;
}

void Pollers::OnPostedBeforePoll() {
  const MutexLock lock(mutex_);
  --posting_;
  ++polling_;
}

void Pollers::OnWork() {
  const MutexLock lock(mutex_);
  --polling_;
  ++in_flight_;
  if (polling_ == 0 && in_flight_ < limit_ && threads_.size() + 1 < limit_ && !end_) StartThread();
}

void Pollers::StartThread() {
  try {
    threads_.emplace_back([this] { Serve(); });
  } catch (const std::system_error& error) {
    LogError("thread_not_started purpose=poll cause=\"{}\"", error.what());
  }
}

void Pollers::OnEnd(const Error& error) {
  {
    const MutexLock lock(mutex_);
    --polling_;
    if (!end_ || error.code == ErrorCode::kProtocol) end_ = error;
  }
  changed_.NotifyAll();
}

void Pollers::OnPosted() {
  {
    const MutexLock lock(mutex_);
    --in_flight_;
  }
  changed_.NotifyAll();
}

std::optional<Answer> Pollers::RunHandler(RuntimeApi& api, Work work) {
  const auto turn = std::make_shared<Turn>();
  Reply reply(std::make_unique<PostingSink>(turn, api, posts_, work));
  dispatcher_.Submit(std::move(*work.invocation), std::move(reply));
  turn->is_over = true;
  return std::move(turn->answer);
}

}  // namespace openfc
