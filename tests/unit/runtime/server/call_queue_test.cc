#include "runtime/server/call_queue.h"

#include "tests/fakes/fake_reply.h"

#include <gtest/gtest.h>

#include <future>
#include <thread>

namespace openfc {
namespace {

class CallQueueTest : public ::testing::Test {
 protected:
  void Push(const std::string& id) {
    Invocation invocation;
    invocation.request_id = id;
    queue_.Push({.invocation = std::move(invocation),
                 .reply = testing::MakeFakeReply(record_),
                 .flight = nullptr});
  }

  static std::string IdOf(const std::optional<CallQueue::Popped>& popped) {
    return popped ? popped->call.invocation.request_id : "none";
  }

  testing::ReplyRecord record_;
  CallQueue queue_{1};
};

TEST_F(CallQueueTest, HandsOutInTheOrderOfArrival) {
  Push("a");
  Push("b");

  for (const char* id : {"a", "b"}) {
    EXPECT_EQ(IdOf(queue_.Pop()), id);
    const Permit permit(queue_);
  }
}

TEST_F(CallQueueTest, HandsOutNoMoreThanTheLimitAtOnce) {
  Push("a");
  Push("b");
  ASSERT_EQ(IdOf(queue_.Pop()), "a");
  std::optional<Permit> permit(queue_);
  auto next = std::async(std::launch::async, [this] { return IdOf(queue_.Pop()); });

  EXPECT_EQ(next.wait_for(std::chrono::milliseconds(20)), std::future_status::timeout);
  permit.reset();

  EXPECT_EQ(next.get(), "b");
}

TEST_F(CallQueueTest, WakesWhoeverWaits) {
  auto next = std::async(std::launch::async, [this] { return IdOf(queue_.Pop()); });

  Push("a");

  EXPECT_EQ(next.get(), "a");
}

TEST_F(CallQueueTest, TellsWhenNobodyIsLeftToWait) {
  Push("a");

  const auto popped = queue_.Pop();

  ASSERT_TRUE(popped);
  EXPECT_TRUE(popped->leaves_nobody);
}

TEST_F(CallQueueTest, EndsWhenItIsClosedAndAllIsAnswered) {
  Push("a");
  queue_.Close();
  ASSERT_EQ(IdOf(queue_.Pop()), "a");
  std::optional<Permit> permit(queue_);
  auto next = std::async(std::launch::async, [this] { return IdOf(queue_.Pop()); });

  permit.reset();

  EXPECT_EQ(next.get(), "none");
}

TEST_F(CallQueueTest, GivesAPermitBackOnce) {
  Push("a");
  queue_.Close();
  ASSERT_EQ(IdOf(queue_.Pop()), "a");
  Permit first(queue_);

  { const Permit second(std::move(first)); }

  EXPECT_EQ(IdOf(queue_.Pop()), "none");
}

TEST_F(CallQueueTest, TellsOfACallThatHasItsTurn) {
  int times = 0;
  queue_.TellWhenReady([&times] { ++times; });

  Push("a");
  EXPECT_EQ(times, 1);
  ASSERT_EQ(queue_.TryPop()->invocation.request_id, "a");
  std::optional<Permit> permit(queue_);
  Push("b");

  EXPECT_EQ(times, 1);
  EXPECT_EQ(queue_.TryPop(), nullptr);
  permit.reset();
  EXPECT_EQ(times, 2);
  EXPECT_EQ(queue_.TryPop()->invocation.request_id, "b");
  const Permit last(queue_);
}

TEST_F(CallQueueTest, TellsOfWhatCameBeforeSomebodyWasToBeTold) {
  Push("a");
  int times = 0;

  queue_.TellWhenReady([&times] { ++times; });

  EXPECT_EQ(times, 1);
}

TEST_F(CallQueueTest, TellsOfItsEnd) {
  Push("a");
  (void)queue_.TryPop();
  std::optional<Permit> permit(queue_);
  bool is_over = false;
  queue_.Close();
  EXPECT_FALSE(queue_.IsOver());
  queue_.TellWhenReady([&is_over] { is_over = true; });

  permit.reset();

  EXPECT_TRUE(is_over);
  EXPECT_TRUE(queue_.IsOver());
}

}  // namespace
}  // namespace openfc
