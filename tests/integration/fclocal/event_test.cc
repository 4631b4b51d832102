// The event's way into the function: every form of it, byte for byte.

#include "tests/integration/fclocal/fclocal_test.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace openfc::testing {
namespace {

using ::testing::HasSubstr;

class FclocalEventTest : public FclocalTest {};

TEST_F(FclocalEventTest, IsEmptyWhenNothingIsSaid) {
  const Invoked invoked = RunFake({});

  EXPECT_EQ(invoked.exit_code, 0) << invoked.err;
  EXPECT_EQ(invoked.out, "");
}

TEST_F(FclocalEventTest, IsTheTextOfTheCommandLine) {
  for (const char* const event : {"{\"key\": \"v\xc3\xa4lue\"}", " blanks ", "[1,2]", "-x"}) {
    EXPECT_EQ(RunFake({"-e", event}).out, event);
  }
}

TEST_F(FclocalEventTest, IsTheBytesOfAFile) {
  const std::string bytes("\xa1\x00\xff\r\n\x1a", 6);
  folder_.WriteFile("event.cbor", bytes);

  EXPECT_EQ(RunFake({"-f", "event.cbor"}).out, bytes);
}

TEST_F(FclocalEventTest, IsTheBytesOfStandardInput) {
  input_ = std::string("from\0stdin", 10);

  EXPECT_EQ(RunFake({"-f", "-"}).out, input_);
}

TEST_F(FclocalEventTest, CanBeAsLargeAsThePlatformAllows) {
  const std::string bytes(32UL * 1024 * 1024, '\n');
  folder_.WriteFile("event", bytes);

  const Invoked invoked = RunFake({"-f", "event", "--timeout", "60"});

  EXPECT_EQ(invoked.exit_code, 0) << invoked.err;
  EXPECT_TRUE(invoked.out == bytes);
}

TEST_F(FclocalEventTest, IsRefusedWhenItIsLarger) {
  const std::string bytes(32UL * 1024 * 1024 + 1, '\n');
  folder_.WriteFile("event", bytes);

  const Invoked refused = RunFake({"-f", "event"});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_EQ(refused.out, "");
  EXPECT_THAT(refused.err, HasSubstr("fclocal: the event is larger than 33554432 bytes"));

  const Invoked passed = RunFake({"-f", "event", "--no-limits", "--timeout", "60"});
  EXPECT_EQ(passed.exit_code, 0) << passed.err;
  EXPECT_TRUE(passed.out == bytes);
}

TEST_F(FclocalEventTest, LeavesTheFunctionsStandardInputEmpty) {
  input_ = "for fclocal";

  EXPECT_EQ(RunFake({"-e", "stdin"}).out, "[]");
}

}  // namespace
}  // namespace openfc::testing
