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
      posts_(open_, std::min(limit_, kMostPostThreads), [this] { CountAnswered(); }) {
  if (LanguageLock* const lock = dispatcher.language_lock(); lock != nullptr && limit_ > 1) {
    PollEvents& events = *this;
    shared_ = std::make_unique<SharedPolls>(*lock, events);
  }
}

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
  PollPlace place{.api = open_(), .answer = {}};
  while (ServeAlone(place)) {
    auto left = shared_->Serve();
    if (!left) return;
    place = *std::move(left);
  }
}

bool Pollers::ServeAlone(PollPlace& place) {
  const std::function<void()> when_posted = [this] { OnPosted(); };
  RuntimeApi* const api = place.api.get();
  auto& answer = place.answer;
  while (BeginPoll(answer.has_value())) {
    auto work = answer ? api->PostAndNext(*std::exchange(answer, {}), when_posted) : api->Next();
    if (!work) {
      OnEnd(work.error());
      return false;
    }
    answer = OnWork(*api, *std::move(work));
    if (answer && TryShare(place)) return true;
  }
  if (answer) {
    api->Post(*std::move(answer));
    CountAnswered();
  }
  return false;
}

bool Pollers::TryShare(PollPlace& place) {
  if (shared_ == nullptr || !place.api->BeginPostAndNext(*place.answer)) return false;
  OnPairSent();
  shared_->Add(std::move(place.api));
  return true;
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

void Pollers::OnPairSent() {
  const MutexLock lock(mutex_);
  --in_flight_;
  ++posting_;
}

void Pollers::OnPosted() {
  const MutexLock lock(mutex_);
  --posting_;
  ++polling_;
}

std::optional<Answer> Pollers::OnWork(RuntimeApi& api, Work work) {
  CountWork();
  return RunHandler(api, std::move(work));
}

void Pollers::CountWork() {
  const MutexLock lock(mutex_);
  --polling_;
  ++in_flight_;
  if (polling_ == 0 && MayStartThread()) StartThread();
}

void Pollers::OnAllReady() {
  const MutexLock lock(mutex_);
  if (MayStartThread()) StartThread();
}

bool Pollers::MayStartThread() const {
  return polling_ + posting_ + in_flight_ < limit_ && threads_.size() + 1 < limit_ && !end_;
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
  if (shared_ != nullptr) shared_->End();
}

void Pollers::CountAnswered() {
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
