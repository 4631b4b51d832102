#include "runtime/http/input_buffer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace openfc::http {
namespace {

void Fill(InputBuffer& buffer, std::string_view bytes) {
  const std::span<char> room = buffer.Room();
  ASSERT_GE(room.size(), bytes.size());
  std::copy(bytes.begin(), bytes.end(), room.begin());
  buffer.Commit(bytes.size());
}

TEST(InputBufferTest, KeepsWhatWasNotUsedInFrontOfWhatComesNext) {
  InputBuffer buffer(100);
  Fill(buffer, "one two");

  buffer.Use(4);
  Fill(buffer, " three");

  EXPECT_EQ(buffer.unread(), "two three");
}

TEST(InputBufferTest, ReusesTheRoomOfWhatWasUsed) {
  InputBuffer buffer(10);
  Fill(buffer, "0123456789");
  buffer.Use(8);

  const std::size_t room = buffer.Room().size();

  EXPECT_EQ(room, 8U);
  EXPECT_EQ(buffer.unread(), "89");
}

TEST(InputBufferTest, GrowsUpToItsLimitAndThenHasNoRoom) {
  constexpr std::size_t kLimit = 40'000;
  InputBuffer buffer(kLimit);

  std::string written;
  while (!buffer.Room().empty()) {
    const std::string piece(std::min<std::size_t>(buffer.Room().size(), 999), 'x');
    Fill(buffer, piece);
    written += piece;
  }

  EXPECT_EQ(written.size(), kLimit);
  EXPECT_EQ(buffer.unread(), written);
}

TEST(InputBufferTest, HasMoreRoomForWhoFilledIt) {
  InputBuffer buffer(100'000);
  const std::size_t at_first = buffer.Room().size();
  Fill(buffer, std::string(at_first - 1, 'x'));
  buffer.Use(at_first - 1);
  EXPECT_EQ(buffer.Room().size(), at_first);

  Fill(buffer, std::string(at_first, 'x'));
  buffer.Use(at_first);

  EXPECT_GT(buffer.Room().size(), at_first);
}

TEST(InputBufferTest, ForgetsEverythingWhenCleared) {
  InputBuffer buffer(100);
  Fill(buffer, "old");

  buffer.Clear();

  EXPECT_EQ(buffer.unread(), "");
}

}  // namespace
}  // namespace openfc::http
