#include "sandbox/wire/channel.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <utility>

namespace openfc::sandbox {
namespace {

struct Two {
  int a = 0;
  long b = 0;
};

std::pair<UniqueFd, UniqueFd> SocketPair() {
  std::array<int, 2> ends{};
  EXPECT_EQ(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()), 0);
  return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

TEST(ChannelTest, BringsAStructAndDescriptors) {
  const auto [here, there] = SocketPair();
  const auto file = MemoryFile("content");
  ASSERT_TRUE(file);
  const std::array<int, 1> sent{file->get()};

  ASSERT_TRUE(SendMessage(here.get(), Two{1, 2}, sent));
  Two received;
  const auto descriptors = ReceiveMessage(there.get(), received);

  ASSERT_TRUE(descriptors);
  EXPECT_EQ(received.a, 1);
  EXPECT_EQ(received.b, 2);
  ASSERT_EQ(descriptors->size(), 1U);
  EXPECT_EQ(ReadMemoryFile((*descriptors)[0].get()).value(), "content");
}

TEST(ChannelTest, KnowsWhenTheOtherSideIsGone) {
  auto [here, there] = SocketPair();
  there.Reset();
  Two received;

  EXPECT_EQ(SendMessage(here.get(), Two{}).error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(ReceiveMessage(here.get(), received).error().code, ErrorCode::kUnavailable);
}

TEST(ChannelTest, RefusesAPacketOfAnotherSize) {
  const auto [here, there] = SocketPair();
  ASSERT_TRUE(SendMessage(here.get(), 'x'));
  Two received;

  EXPECT_EQ(ReceiveMessage(there.get(), received).error().code, ErrorCode::kProtocol);
}

}  // namespace
}  // namespace openfc::sandbox
