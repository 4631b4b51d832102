#include "runtime/loop/post_pool.h"

#include "tests/unit/runtime/loop/gate.h"
#include "tests/unit/runtime/loop/unstartable_threads.h"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>

namespace openfc {
namespace {

/// Posts by calling a function.
class CallingApi final : public RuntimeApi {
 public:
  explicit CallingApi(std::function<void(const Answer&)> post) : post_(std::move(post)) {}

  void Post(Answer answer) override { post_(answer); }
  Expected<Work> Next() override { return Error{ErrorCode::kCancelled, "no polls here"}; }
  Expected<Work> PostAndNext(Answer, const std::function<void()>&) override { return Next(); }
  void LeaveDeadlineToHandler(std::size_t /*row*/) override {}
  Status PostInitError(Failure) override { return Ok(); }

 private:
  const std::function<void(const Answer&)> post_;
};

class PostPoolTest : public ::testing::Test {
 protected:
  std::unique_ptr<PostPool> NewPool(std::size_t limit, std::function<void(const Answer&)> post) {
    return std::make_unique<PostPool>(
        [this, post] {
          ++opened_;
          return std::make_unique<CallingApi>(post);
        },
        limit, [this] { ++posted_; });
  }

  static Answer AnswerOf(int number) {
    return {.request_id = "r-" + std::to_string(number), .row = 0, .outcome = Response{}};
  }

  std::atomic<std::size_t> opened_{0};
  std::atomic<int> posted_{0};
};

TEST_F(PostPoolTest, StartsNothingBeforeTheFirstPost) {
  NewPool(4, [](const Answer&) {});

  EXPECT_EQ(opened_.load(), 0U);
}

TEST_F(PostPoolTest, PostsEverythingBeforeItEnds) {
  auto pool = NewPool(3, [](const Answer&) { std::this_thread::yield(); });
  for (int i = 0; i < 200; ++i) pool->Post(AnswerOf(i));

  pool.reset();

  EXPECT_EQ(posted_.load(), 200);
  EXPECT_LE(opened_.load(), 3U);
}

TEST_F(PostPoolTest, PostsWhileAnotherPostBlocks) {
  Gate second;
  auto pool = NewPool(2, [&second](const Answer& answer) {
    if (answer.request_id == "r-1") second.Await();
    if (answer.request_id == "r-2") second.Open();
  });

  pool->Post(AnswerOf(1));
  pool->Post(AnswerOf(2));
  pool.reset();

  EXPECT_EQ(posted_.load(), 2);
}

TEST_F(PostPoolTest, DoesNotWaitForAPost) {
  Gate handed_over;
  auto pool = NewPool(1, [&handed_over](const Answer&) { handed_over.Await(); });

  for (int i = 0; i < 10; ++i) pool->Post(AnswerOf(i));
  handed_over.Open();
  pool.reset();

  EXPECT_EQ(posted_.load(), 10);
  EXPECT_EQ(opened_.load(), 1U);
}

TEST_F(PostPoolTest, PostsInTheCallersThreadWhenNoneCanBeStarted) {
  std::thread::id poster;
  auto pool = NewPool(2, [&poster](const Answer&) { poster = std::this_thread::get_id(); });
  {
    const UnstartableThreads none;
    pool->Post(AnswerOf(1));
  }

  EXPECT_EQ(posted_.load(), 1);
  EXPECT_EQ(poster, std::this_thread::get_id());
}

TEST_F(PostPoolTest, LeavesAPostToItsThreadsWhenNoFurtherOneCanBeStarted) {
  Gate begun;
  Gate handed_over;
  auto pool = NewPool(2, [&](const Answer& answer) {
    if (answer.request_id != "r-1") return;
    begun.Open();
    handed_over.Await();
  });
  pool->Post(AnswerOf(1));
  begun.Await();
  {
    const UnstartableThreads none;
    pool->Post(AnswerOf(2));
  }
  handed_over.Open();
  pool.reset();

  EXPECT_EQ(posted_.load(), 2);
  EXPECT_EQ(opened_.load(), 1U);
}

}  // namespace
}  // namespace openfc
