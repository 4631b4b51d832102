#include "emulator/tasks/task.h"

#include <gtest/gtest.h>

namespace openfc::emulator {
namespace {

TEST(TaskStateTest, HasThePlatformsNames) {
  EXPECT_EQ(NameOf(TaskState::kEnqueued), "Enqueued");
  EXPECT_EQ(NameOf(TaskState::kRetrying), "Retrying");
  EXPECT_EQ(NameOf(TaskState::kRunning), "Running");
  EXPECT_EQ(NameOf(TaskState::kStopping), "Stopping");
  EXPECT_EQ(NameOf(TaskState::kSucceeded), "Succeeded");
  EXPECT_EQ(NameOf(TaskState::kFailed), "Failed");
  EXPECT_EQ(NameOf(TaskState::kStopped), "Stopped");
  EXPECT_EQ(NameOf(TaskState::kExpired), "Expired");
  EXPECT_EQ(NameOf(TaskState::kInvalid), "Invalid");
}

TEST(TaskStateTest, IsFoundByName) {
  for (int number = 0; number <= static_cast<int>(TaskState::kInvalid); ++number) {
    const auto state = static_cast<TaskState>(number);
    EXPECT_EQ(TaskStateOf(NameOf(state)), state);
    EXPECT_EQ(HasEnded(state), number >= 4);
  }
  EXPECT_EQ(TaskStateOf("running"), std::nullopt);
  EXPECT_EQ(TaskStateOf(""), std::nullopt);
}

TEST(TaskIdTest, IsOfThePlatformsGrammar) {
  for (const auto& id :
       {std::string("a"), std::string("_"), std::string("A-1_b"), std::string(128, 'x')}) {
    EXPECT_TRUE(CheckTaskId(id)) << id;
  }
  for (const auto& id :
       {std::string(), std::string("1a"), std::string("-a"), std::string("a b"), std::string("a.b"),
        std::string("\xC3\xA9"), std::string(129, 'x'), std::string("a\0b", 3)}) {
    const auto checked = CheckTaskId(id);
    ASSERT_FALSE(checked) << id;
    EXPECT_EQ(checked.error().code, ErrorCode::kInvalidArgument);
  }
}

}  // namespace
}  // namespace openfc::emulator
