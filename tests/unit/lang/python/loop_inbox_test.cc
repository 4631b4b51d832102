#include "lang/python/loop_inbox.h"

#include "tests/fakes/fake_client.h"

#include <gmock/gmock.h>
#include <poll.h>

#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace openfc::python {
namespace {

using ::testing::ElementsAre;
using testing::FakeClient;
using testing::ReplyEnd;

bool IsReadable(const LoopInbox& inbox) {
  pollfd entry{.fd = inbox.descriptor(), .events = POLLIN, .revents = 0};
  return ::poll(&entry, 1, 0) == 1;
}

class LoopInboxTest : public ::testing::Test {
 protected:
  void Put(const std::string& id) {
    Invocation invocation;
    invocation.request_id = id;
    inbox_->Put({.invocation = std::make_unique<Invocation>(std::move(invocation)),
                 .reply = client_.MakeReply()});
  }

  const std::shared_ptr<LoopInbox> inbox_ = LoopInbox::Make().value();
  const FakeClient client_;
};

TEST_F(LoopInboxTest, IsReadableWhileItHoldsSomething) {
  EXPECT_FALSE(IsReadable(*inbox_));

  inbox_->Wake(1);
  EXPECT_TRUE(IsReadable(*inbox_));

  (void)inbox_->Take();
  EXPECT_FALSE(IsReadable(*inbox_));
}

TEST_F(LoopInboxTest, GivesAllThatCameInItsOrder) {
  Put("r-1");
  inbox_->Wake(7);
  Put("r-2");
  inbox_->Wake(8);

  const LoopInbox::Content content = inbox_->Take();

  ASSERT_EQ(content.requests.size(), 2U);
  EXPECT_EQ(content.requests[0].invocation->request_id, "r-1");
  EXPECT_EQ(content.requests[1].invocation->request_id, "r-2");
  EXPECT_THAT(content.tickets, ElementsAre(7, 8));
  EXPECT_TRUE(inbox_->Take().requests.empty());
}

TEST_F(LoopInboxTest, RingsAnotherBellOnceForAllThatComes) {
  int rings = 0;
  inbox_->RingBy([&rings] { ++rings; });

  inbox_->Wake(1);
  Put("r-1");

  EXPECT_EQ(rings, 1);
  EXPECT_TRUE(inbox_->IsRung());
  EXPECT_FALSE(IsReadable(*inbox_));
  EXPECT_EQ(inbox_->Take().requests.size(), 1U);
  EXPECT_FALSE(inbox_->IsRung());
}

TEST_F(LoopInboxTest, ChangingBellsLosesNothing) {
  int rings = 0;
  inbox_->Wake(1);

  inbox_->RingBy([&rings] { ++rings; });
  EXPECT_EQ(rings, 1);
  inbox_->RingBy(nullptr);

  EXPECT_TRUE(IsReadable(*inbox_));
  EXPECT_THAT(inbox_->Take().tickets, ElementsAre(1));
  EXPECT_FALSE(IsReadable(*inbox_));
}

TEST_F(LoopInboxTest, LosesNothingThatComesFromManyThreadsWhileItIsEmptied) {
  constexpr std::size_t kEach = 1000;
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([this] {
      for (std::size_t ticket = 0; ticket < kEach; ++ticket) inbox_->Wake(ticket);
    });
  }

  std::size_t taken = 0;
  while (taken < 4 * kEach) {
    pollfd entry{.fd = inbox_->descriptor(), .events = POLLIN, .revents = 0};
    ASSERT_EQ(::poll(&entry, 1, 30'000), 1);
    taken += inbox_->Take().tickets.size();
  }

  EXPECT_EQ(taken, 4 * kEach);
}

TEST_F(LoopInboxTest, OnceClosedItLetsRequestsGo) {
  Put("r-1");

  inbox_->Close();

  EXPECT_EQ(client_.AwaitEnd(), ReplyEnd::kAbandoned);
  const FakeClient late;
  inbox_->Put({.invocation = std::make_unique<Invocation>(), .reply = late.MakeReply()});
  EXPECT_EQ(late.AwaitEnd(), ReplyEnd::kAbandoned);
}

TEST_F(LoopInboxTest, AWakerKeepsIt) {
  auto inbox = LoopInbox::Make().value();
  const auto wake = Waker(inbox, 3);
  const std::weak_ptr<LoopInbox> watched = inbox;
  inbox.reset();

  EXPECT_FALSE(watched.expired());
  wake();

  EXPECT_THAT(watched.lock()->Take().tickets, ElementsAre(3));
}

}  // namespace
}  // namespace openfc::python
