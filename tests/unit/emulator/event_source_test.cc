#include "emulator/event_source.h"

#include "emulator/invocation_run.h"
#include "tests/fakes/temp_dir.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace openfc::emulator {
namespace {

using ::testing::HasSubstr;

class EventSourceTest : public ::testing::Test {
 protected:
  Expected<std::string> ReadFile(std::string_view bytes,
                                 PlatformLimits limits = PlatformLimits::kEnforced) {
    return ReadEvent({}, folder_.WriteFile("event", bytes).string(), limits);
  }

  openfc::testing::TempDir folder_;
};

TEST_F(EventSourceTest, IsEmptyWhenNothingIsSaid) {
  EXPECT_EQ(*ReadEvent({}, {}, PlatformLimits::kEnforced), "");
}

TEST_F(EventSourceTest, GivesTheTextAsItIs) {
  EXPECT_EQ(*ReadEvent("  {\"a\": 1}\n", {}, PlatformLimits::kEnforced), "  {\"a\": 1}\n");
}

TEST_F(EventSourceTest, GivesTheBytesOfAFile) {
  const std::string bytes("\xa2\x00\xff\r\n", 5);

  EXPECT_EQ(*ReadFile(bytes), bytes);
  EXPECT_EQ(*ReadFile(""), "");
}

TEST_F(EventSourceTest, TakesAsMuchAsThePlatform) {
  EXPECT_EQ(ReadFile(std::string(kMostPayloadBytes, 'x'))->size(), kMostPayloadBytes);
}

TEST_F(EventSourceTest, RefusesMoreThanThePlatformTakes) {
  const std::string bytes(kMostPayloadBytes + 1, 'x');

  EXPECT_THAT(ReadFile(bytes).error().message,
              HasSubstr("the event is larger than 33554432 bytes"));
  EXPECT_EQ(ReadFile(bytes, PlatformLimits::kLifted)->size(), bytes.size());
}

TEST_F(EventSourceTest, SaysWhyAFileCannotBeRead) {
  const std::string folder = folder_.path().string();

  EXPECT_EQ(ReadEvent({}, "/no/such", PlatformLimits::kEnforced).error().message,
            "the event file /no/such cannot be read: No such file or directory");
  EXPECT_EQ(ReadEvent({}, folder, PlatformLimits::kEnforced).error().message,
            "the event file " + folder + " cannot be read: Is a directory");
}

}  // namespace
}  // namespace openfc::emulator
