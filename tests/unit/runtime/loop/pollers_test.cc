#include "runtime/loop/pollers.h"

#include "runtime/base/unique_fd.h"
#include "tests/unit/runtime/loop/gate.h"
#include "tests/unit/runtime/loop/unstartable_threads.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace openfc {
namespace {

using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

/// The platform of a test: gives r-1, r-2, ... up to `count`, then `end`. The hooks are called in
/// the thread that polls or posts, before it does.
class FakePlatform {
 public:
  explicit FakePlatform(int count) : count_(count) {}

  Expected<Work> Next() EXCLUDES_LOCK(mutex_) {
    const std::string id = TakeId();
    if (before_next) before_next(id);
    if (id.empty()) return end;
    Work work{.invocation = std::make_unique<Invocation>(), .row = 0};
    work.invocation->request_id = id;
    return work;
  }

  void Post(const Answer& answer) EXCLUDES_LOCK(mutex_) {
    if (before_post) before_post(answer.request_id);
    const MutexLock lock(mutex_);
    posted_.push_back(answer.request_id);
  }

  std::vector<std::string> posted() EXCLUDES_LOCK(mutex_) {
    const MutexLock lock(mutex_);
    return posted_;
  }

  Error end{ErrorCode::kCancelled, "the platform ended"};
  std::function<void(const std::string& id)> before_next;  // Empty: the end.
  std::function<void(const std::string& id)> before_post;

 private:
  std::string TakeId() EXCLUDES_LOCK(mutex_) {
    const MutexLock lock(mutex_);
    return given_ == count_ ? "" : "r-" + std::to_string(++given_);
  }

  const int count_;
  Mutex mutex_;
  int given_ GUARDED_BY(mutex_) = 0;
  std::vector<std::string> posted_ GUARDED_BY(mutex_);
};

class FakeApi final : public RuntimeApi {
 public:
  explicit FakeApi(FakePlatform& platform) : platform_(platform) {}

  Expected<Work> Next() override { return platform_.Next(); }
  void Post(Answer answer) override { platform_.Post(answer); }
  Expected<Work> PostAndNext(Answer answer, const std::function<void()>& when_posted) override {
    platform_.Post(answer);
    when_posted();
    return platform_.Next();
  }
  void LeaveDeadlineToHandler(std::size_t /*row*/) override {}
  Status PostInitError(Failure) override { return Ok(); }

 private:
  FakePlatform& platform_;
};

class CallingHandler final : public Handler {
 public:
  using Call = std::function<void(const std::string& id, Reply reply)>;
  explicit CallingHandler(Call call) : call_(std::move(call)) {}
  void Handle(Invocation invocation, Reply reply) override {
    call_(invocation.request_id, std::move(reply));
  }

 private:
  const Call call_;
};

Error RunPollers(FakePlatform& platform, std::size_t limit, CallingHandler::Call call) {
  const UniqueFd null(::open("/dev/null", O_WRONLY | O_CLOEXEC));
  CallingHandler handler(std::move(call));
  Dispatcher dispatcher(handler, InvocationLog(null.get()));
  Pollers pollers([&platform] { return std::make_unique<FakeApi>(platform); }, dispatcher, limit);
  return pollers.Run();
}

void AnswerAtOnce(const std::string& /*id*/, Reply reply) { std::move(reply).Send(Response{}); }

TEST(PollersTest, PollOnWhileAnInvocationIsSlow) {
  FakePlatform platform(3);
  Gate third;
  platform.before_next = [&third](const std::string& id) {
    if (id == "r-3") third.Open();
  };

  RunPollers(platform, 3, [&third](const std::string& id, Reply reply) {
    if (id != "r-3") third.Await();
    std::move(reply).Send(Response{});
  });

  EXPECT_THAT(platform.posted(), UnorderedElementsAre("r-1", "r-2", "r-3"));
}

TEST(PollersTest, PollOnWhileAPostBlocks) {
  FakePlatform platform(3);
  Gate first_posts;
  Gate third;
  platform.before_next = [&](const std::string& id) {
    if (id == "r-2") first_posts.Await();
    if (id == "r-3") third.Open();
  };
  platform.before_post = [&](const std::string& id) {
    if (id != "r-1") return;
    first_posts.Open();
    third.Await();
  };

  RunPollers(platform, 3, [&third](const std::string& id, Reply reply) {
    if (id == "r-2") third.Await();
    std::move(reply).Send(Response{});
  });

  EXPECT_THAT(platform.posted(), UnorderedElementsAre("r-1", "r-2", "r-3"));
}

TEST(PollersTest, ServeWithOneThreadWhenNoOtherCanBeStarted) {
  const UnstartableThreads none;
  FakePlatform platform(20);

  const Error end = RunPollers(platform, 4, AnswerAtOnce);

  EXPECT_EQ(end.code, ErrorCode::kCancelled);
  EXPECT_THAT(platform.posted(), SizeIs(20));
}

TEST(PollersTest, AnswerWhatRunsWhenThePlatformRefuses) {
  FakePlatform platform(1);
  platform.end = Error{ErrorCode::kProtocol, "refused"};
  Gate refused;
  platform.before_next = [&refused](const std::string& id) {
    if (id.empty()) refused.Open();
  };

  const Error end = RunPollers(platform, 2, [&refused](const std::string&, Reply reply) {
    refused.Await();
    std::move(reply).Send(Response{});
  });

  EXPECT_EQ(end.code, ErrorCode::kProtocol);
  EXPECT_THAT(platform.posted(), UnorderedElementsAre("r-1"));
}

TEST(PollersTest, WaitForAnswersThatOtherThreadsOwe) {
  for (const std::size_t limit : {std::size_t{3}, std::size_t{8}}) {
    FakePlatform platform(2);
    Gate ended;
    platform.before_next = [&ended](const std::string& id) {
      if (id.empty()) ended.Open();
    };
    std::vector<std::jthread> others;
    Mutex mutex;

    const Error end = RunPollers(platform, limit, [&](const std::string&, Reply reply) {
      const MutexLock lock(mutex);
      others.emplace_back([&ended, kept = std::make_shared<Reply>(std::move(reply))] {
        ended.Await();
        std::move(*kept).Send(Response{});
      });
    });

    EXPECT_EQ(end.code, ErrorCode::kCancelled);
    EXPECT_THAT(platform.posted(), UnorderedElementsAre("r-1", "r-2"));
  }
}

TEST(PollersTest, EndWhileAllAreBusy) {
  constexpr int kLimit = 4;
  FakePlatform platform(kLimit);
  Gate all_run;
  platform.before_next = [&all_run](const std::string& id) {
    if (id == "r-" + std::to_string(kLimit)) all_run.Open();
  };

  const Error end = RunPollers(platform, kLimit, [&all_run](const std::string&, Reply reply) {
    all_run.Await();
    std::move(reply).Send(Response{});
  });

  EXPECT_EQ(end.code, ErrorCode::kCancelled);
  EXPECT_THAT(platform.posted(), SizeIs(kLimit));
}

TEST(PollersTest, NeverHaveMorePollsAndInvocationsThanTheLimit) {
  constexpr std::size_t kLimit = 3;
  FakePlatform platform(300);
  Mutex mutex;
  std::size_t owed = 0;
  std::size_t most = 0;
  platform.before_next = [&](const std::string& id) {
    if (id.empty()) return;
    const MutexLock lock(mutex);
    most = std::max(most, ++owed);
  };
  platform.before_post = [&](const std::string&) {
    const MutexLock lock(mutex);
    --owed;
  };

  RunPollers(platform, kLimit, AnswerAtOnce);

  EXPECT_LE(most, kLimit);
  EXPECT_THAT(platform.posted(), SizeIs(300));
}

}  // namespace
}  // namespace openfc
