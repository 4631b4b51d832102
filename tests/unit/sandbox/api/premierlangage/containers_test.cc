#include "sandbox/api/premierlangage/containers.h"

#include "tests/fakes/limit.h"

#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <memory>
#include <vector>

namespace openfc::sandbox {
namespace {

using Lease = std::shared_ptr<Containers::Lease>;
using std::chrono::hours;
using std::chrono::milliseconds;
using testing::kLimit;

TEST(ContainersTest, AreHadOneByOneAndGivenBack) {
  DelayedCalls delays;
  const auto containers = std::make_shared<Containers>(2, 9, hours(1), delays);
  std::vector<Lease> leases;
  const auto take = [&leases](Lease lease) { leases.push_back(std::move(lease)); };

  containers->Acquire(take);
  containers->Acquire(take);
  containers->Acquire(take);

  ASSERT_EQ(leases.size(), 2U);
  EXPECT_EQ(containers->in_use(), 2U);
  leases[0].reset();
  EXPECT_EQ(leases.size(), 3U);
  EXPECT_EQ(containers->in_use(), 2U);
  leases.clear();
  EXPECT_EQ(containers->in_use(), 0U);
}

TEST(ContainersTest, GoToThoseWhoWaitInTheirOrder) {
  DelayedCalls delays;
  const auto containers = std::make_shared<Containers>(1, 9, hours(1), delays);
  std::vector<int> order;
  Lease first;
  containers->Acquire([&first](Lease lease) { first = std::move(lease); });
  for (int i = 0; i < 3; ++i) {
    // Each is given back at once, so that the next one has its turn.
    containers->Acquire([&order, i](const Lease& /*lease*/) { order.push_back(i); });
  }

  first.reset();

  EXPECT_EQ(order, (std::vector<int>{0, 1, 2}));
  EXPECT_EQ(containers->in_use(), 0U);
}

TEST(ContainersTest, ThoseWhoWaitTooLongGetNone) {
  DelayedCalls delays;
  const auto containers = std::make_shared<Containers>(1, 9, milliseconds(1), delays);
  Lease first;
  containers->Acquire([&first](Lease lease) { first = std::move(lease); });
  std::promise<bool> got;
  containers->Acquire([&got](const Lease& lease) { got.set_value(lease != nullptr); });

  auto answer = got.get_future();
  ASSERT_EQ(answer.wait_for(kLimit), std::future_status::ready);
  EXPECT_FALSE(answer.get());
  first.reset();
  EXPECT_EQ(containers->in_use(), 0U);
}

TEST(ContainersTest, TurnAwayAtOnceWhomTheQueueHasNoRoomFor) {
  DelayedCalls delays;
  const auto containers = std::make_shared<Containers>(1, 1, hours(1), delays);
  std::vector<Lease> leases;
  const auto take = [&leases](Lease lease) { leases.push_back(std::move(lease)); };
  containers->Acquire(take);
  containers->Acquire(take);

  containers->Acquire(take);

  ASSERT_EQ(leases.size(), 2U);
  EXPECT_EQ(leases[1], nullptr);
  leases[0].reset();
  EXPECT_EQ(leases.size(), 3U);
  EXPECT_NE(leases[2], nullptr);
}

TEST(DelayedCallsTest, ComeInTheOrderOfTheirTimes) {
  std::promise<void> done;
  std::vector<int> order;
  DelayedCalls delays;
  delays.After(milliseconds(30), [&] {
    order.push_back(2);
    done.set_value();
  });
  delays.After(milliseconds(0), [&] { order.push_back(1); });

  ASSERT_EQ(done.get_future().wait_for(kLimit), std::future_status::ready);
  EXPECT_EQ(order, (std::vector<int>{1, 2}));
}

TEST(DelayedCallsTest, EndWithWhatHasNotCome) {
  const auto kept = std::make_shared<int>(0);
  {
    DelayedCalls delays;
    delays.After(hours(1), [kept] { ++*kept; });
  }

  EXPECT_EQ(*kept, 0);
  EXPECT_EQ(kept.use_count(), 1);
}

}  // namespace
}  // namespace openfc::sandbox
