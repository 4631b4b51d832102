#include "runtime/loop/loop.h"

#include "runtime/base/mutex.h"
#include "runtime/base/unique_fd.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <atomic>
#include <deque>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace openfc {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

/// The platform's side of all threads: gives its invocations in order, then `end`.
class Script {
 public:
  using Events = std::deque<std::pair<std::string, std::string>>;

  explicit Script(Events invocations) : invocations_(std::move(invocations)) {}

  Expected<Work> Next() EXCLUDES_LOCK(mutex_) {
    const MutexLock lock(mutex_);
    if (invocations_.empty()) return end;
    Work work{.invocation = std::make_unique<Invocation>(), .row = 0};
    std::tie(work.invocation->request_id, work.invocation->body) = invocations_.front();
    invocations_.pop_front();
    return work;
  }

  void Post(Answer answer) EXCLUDES_LOCK(mutex_) {
    const MutexLock lock(mutex_);
    const auto* response = std::get_if<Response>(&answer.outcome);
    posted_.emplace_back(answer.request_id, response != nullptr
                                                ? response->body
                                                : std::get<Failure>(answer.outcome).type);
  }

  std::vector<std::pair<std::string, std::string>> posted() EXCLUDES_LOCK(mutex_) {
    const MutexLock lock(mutex_);
    return posted_;
  }

  Error end{ErrorCode::kCancelled, "the script ended"};
  std::atomic<int> opened{0};

 private:
  Mutex mutex_;
  Events invocations_ GUARDED_BY(mutex_);
  std::vector<std::pair<std::string, std::string>> posted_ GUARDED_BY(mutex_);
};

class FakeRuntimeApi final : public RuntimeApi {
 public:
  explicit FakeRuntimeApi(Script& script) : script_(script) { ++script.opened; }

  Expected<Work> Next() override { return script_.Next(); }
  void Post(Answer answer) override { script_.Post(std::move(answer)); }
  Expected<Work> PostAndNext(Answer answer, const std::function<void()>& when_posted) override {
    script_.Post(std::move(answer));
    when_posted();
    return script_.Next();
  }
  void LeaveDeadlineToHandler(std::size_t /*row*/) override {}
  Status PostInitError(Failure) override { return Ok(); }

 private:
  Script& script_;
};

class EchoHandler final : public Handler {
 public:
  void Handle(Invocation invocation, Reply reply) override {
    const auto& body = std::get<std::string>(invocation.body);
    if (body == "drop") return;
    if (body == "stream") {
      EXPECT_FALSE(reply.Begin({}));
    }
    std::move(reply).Send(Response{.body = body, .http_params = {}});
  }
};

/// Keeps what it is given until it has as many as are to run at once.
class GatheringHandler final : public Handler {
 public:
  explicit GatheringHandler(std::size_t count) : count_(count) {}

  void Handle(Invocation /*invocation*/, Reply reply) override {
    {
      const MutexLock lock(mutex_);
      most_ = std::max(most_, ++running_);
      if (++arrived_ % count_ == 0) gathered_.NotifyAll();
      const std::size_t goal = (arrived_ + count_ - 1) / count_ * count_;
      while (arrived_ < goal) gathered_.Wait(mutex_);
      --running_;
    }
    std::move(reply).Send(Response{.body = "together"});
  }

  std::size_t most() EXCLUDES_LOCK(mutex_) {
    const MutexLock lock(mutex_);
    return most_;
  }

 private:
  const std::size_t count_;
  Mutex mutex_;
  CondVar gathered_;
  std::size_t arrived_ GUARDED_BY(mutex_) = 0;
  std::size_t running_ GUARDED_BY(mutex_) = 0;
  std::size_t most_ GUARDED_BY(mutex_) = 0;
};

/// Answers from another thread, after it has returned.
class DeferringHandler final : public Handler {
 public:
  void Handle(Invocation invocation, Reply reply) override {
    const MutexLock lock(mutex_);
    threads_.emplace_back([body = std::get<std::string>(invocation.body),
                           kept = std::make_shared<Reply>(std::move(reply))] {
      std::move(*kept).Send(Response{.body = body});
    });
  }

 private:
  Mutex mutex_;
  std::vector<std::jthread> threads_ GUARDED_BY(mutex_);
};

Script::Events Events(int count) {
  Script::Events events;
  for (int i = 1; i <= count; ++i) events.emplace_back("r-" + std::to_string(i), "event");
  return events;
}

Error RunWith(Script& script, Handler& handler, std::size_t limit) {
  const UniqueFd null(::open("/dev/null", O_WRONLY | O_CLOEXEC));
  Dispatcher dispatcher(handler, InvocationLog(null.get()));
  return RunLoop([&script] { return std::make_unique<FakeRuntimeApi>(script); }, dispatcher,
                 {.concurrent_limit = limit});
}

Error Echo(Script& script) {
  EchoHandler handler;
  return RunWith(script, handler, 1);
}

TEST(RunLoopTest, PostsEachResultUnderTheRequestIdItCameWith) {
  Script script({{"r-1", "one"}, {"r-2", "two"}});

  const Error end = Echo(script);

  EXPECT_EQ(end.code, ErrorCode::kCancelled);
  EXPECT_THAT(script.posted(), ElementsAre(Pair("r-1", "one"), Pair("r-2", "two")));
}

TEST(RunLoopTest, EndsWithTheReasonForWhichThereIsNoNext) {
  Script script(Script::Events{});
  script.end = Error{ErrorCode::kProtocol, "refused"};

  EXPECT_EQ(Echo(script).code, ErrorCode::kProtocol);
}

TEST(RunLoopTest, AnswersForAHandlerThatGaveNoAnswer) {
  Script script({{"r-1", "drop"}, {"r-2", "two"}});

  Echo(script);

  EXPECT_THAT(script.posted(), ElementsAre(Pair("r-1", "NoAnswer"), Pair("r-2", "two")));
}

TEST(RunLoopTest, DoesNotStreamButTakesTheWholeAnswerThen) {
  Script script(Script::Events{{"r-1", "stream"}});

  Echo(script);

  EXPECT_THAT(script.posted(), ElementsAre(Pair("r-1", "stream")));
}

TEST(RunLoopTest, NeedsOneConnectionForOneInvocationAtATime) {
  Script script(Events(20));

  Echo(script);

  EXPECT_EQ(script.opened.load(), 1);
}

TEST(RunLoopTest, RunsAsManyInvocationsAtOnceAsTheLimitAllows) {
  Script script(Events(12));
  GatheringHandler handler(4);

  RunWith(script, handler, 4);

  EXPECT_EQ(handler.most(), 4U);
  EXPECT_EQ(script.posted().size(), 12U);
}

TEST(RunLoopTest, NeverRunsMoreThanTheLimitAtOnce) {
  Script script(Events(200));
  GatheringHandler handler(2);

  RunWith(script, handler, 2);

  EXPECT_EQ(handler.most(), 2U);
  EXPECT_EQ(script.posted().size(), 200U);
}

TEST(RunLoopTest, PostsWhatIsAnsweredFromAnotherThread) {
  for (const std::size_t limit : {std::size_t{1}, std::size_t{3}}) {
    Script script(Events(30));
    DeferringHandler handler;

    const Error end = RunWith(script, handler, limit);

    EXPECT_EQ(end.code, ErrorCode::kCancelled);
    EXPECT_EQ(script.posted().size(), 30U) << limit;
  }
}

}  // namespace
}  // namespace openfc
