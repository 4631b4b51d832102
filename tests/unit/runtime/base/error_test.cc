#include "runtime/base/error.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <memory>

namespace openfc {
namespace {

Expected<int> Half(int number) {
  if (number % 2 != 0) return Error{ErrorCode::kInvalidArgument, "an odd number has no half"};
  return number / 2;
}

TEST(ExpectedTest, HoldsTheValueOfASuccess) {
  const auto half = Half(4);

  ASSERT_TRUE(half.has_value());
  EXPECT_EQ(*half, 2);
}

TEST(ExpectedTest, HoldsTheReasonOfAFailure) {
  const auto half = Half(3);

  ASSERT_FALSE(half);
  EXPECT_EQ(half.error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(half.error().message, "an odd number has no half");
}

TEST(ExpectedTest, GivesUpAMoveOnlyValue) {
  Expected<std::unique_ptr<int>> box = std::make_unique<int>(7);

  const std::unique_ptr<int> taken = *std::move(box);

  EXPECT_EQ(*taken, 7);
}

TEST(ExpectedTest, ReachesIntoItsValue) {
  Expected<std::string> text = std::string("four");

  EXPECT_EQ(text->size(), 4U);
}

TEST(StatusTest, IsOkWithoutAValue) { EXPECT_TRUE(Ok()); }

TEST(SystemErrorTest, SaysWhatWasTriedAndTheSystemsWords) {
  const Error error = SystemError("cannot open /nowhere", ENOENT);

  EXPECT_EQ(error.code, ErrorCode::kSystem);
  EXPECT_EQ(error.message, "cannot open /nowhere: No such file or directory");
}

}  // namespace
}  // namespace openfc
