#include "emulator/event_queue.h"

#include <gtest/gtest.h>
#include <poll.h>

#include <thread>

namespace openfc::emulator {
namespace {

bool IsReadable(const EventQueue& queue, int timeout_ms) {
  pollfd entry{.fd = queue.fd(), .events = POLLIN, .revents = 0};
  return ::poll(&entry, 1, timeout_ms) == 1;
}

TEST(EventQueueTest, WakesWhoeverPollsAndKeepsTheOrder) {
  const auto queue = *EventQueue::Make();
  EXPECT_FALSE(IsReadable(*queue, 0));

  std::jthread other([&queue] {
    queue->Post(InitFailed{.document = "one"});
    queue->Post(InitFailed{.document = "two"});
  });
  EXPECT_TRUE(IsReadable(*queue, -1));
  other.join();

  const auto events = queue->Take();
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(std::get<InitFailed>(events[0]).document, "one");
  EXPECT_EQ(std::get<InitFailed>(events[1]).document, "two");
}

TEST(EventQueueTest, IsQuietWhenAllWasTaken) {
  const auto queue = *EventQueue::Make();
  queue->Post(InitFailed{});

  (void)queue->Take();

  EXPECT_FALSE(IsReadable(*queue, 0));
  EXPECT_TRUE(queue->Take().empty());
}

}  // namespace
}  // namespace openfc::emulator
