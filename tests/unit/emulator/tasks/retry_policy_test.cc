#include "emulator/tasks/retry_policy.h"

#include <gtest/gtest.h>

namespace openfc::emulator {
namespace {

using std::chrono_literals::operator""h;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;
using Clock = std::chrono::system_clock;

const Clock::time_point kNow(500000h);

Task Running(int max_retries = 3) {
  return {.state = TaskState::kRunning,
          .expires = kNow + 5h,
          .attempts = 1,
          .max_retries = max_retries};
}

Task After(const Task& task, AttemptResult result) {
  return AfterAttempt(task, {.result = result, .detail = "why"}, kNow);
}

TEST(RetryPolicyTest, EndsWithASuccess) {
  const Task task = After(Running(), AttemptResult::kSucceeded);

  EXPECT_EQ(task.state, TaskState::kSucceeded);
  EXPECT_EQ(task.ended, kNow);
  EXPECT_EQ(task.detail, "why");
}

TEST(RetryPolicyTest, TriesAgainAfterErrorsOfTheFunctionUntilItsRetriesAreUsedUp) {
  Task task = Running(3);
  for (const auto pause : {500ms, 1000ms, 2000ms}) {
    task = After(task, AttemptResult::kFunctionError);
    EXPECT_EQ(task.state, TaskState::kRetrying);
    EXPECT_EQ(task.due, kNow + pause);
    EXPECT_FALSE(task.ended);
    task.state = TaskState::kRunning;
  }

  task = After(task, AttemptResult::kFunctionError);

  EXPECT_EQ(task.state, TaskState::kFailed);
  EXPECT_EQ(task.ended, kNow);
  EXPECT_EQ(task.function_errors, 4);
}

TEST(RetryPolicyTest, FailsAtOnceWithoutRetries) {
  EXPECT_EQ(After(Running(0), AttemptResult::kFunctionError).state, TaskState::kFailed);
}

TEST(RetryPolicyTest, DoublesThePauseAfterEachRefusalAndCountsNoRetry) {
  Task task = Running(0);
  for (auto pause = 500ms; pause < 3600s; pause *= 2) {
    task = After(task, AttemptResult::kRefused);
    EXPECT_EQ(task.state, TaskState::kRetrying);
    EXPECT_EQ(task.due, kNow + pause);
    task.state = TaskState::kRunning;
  }
  EXPECT_EQ(task.function_errors, 0);
}

TEST(RetryPolicyTest, BeginsAnewWithThePausesOnceTheFunctionHasRun) {
  Task task = Running();
  for (const auto result :
       {AttemptResult::kRefused, AttemptResult::kRefused, AttemptResult::kFunctionError}) {
    task = After(task, result);
    task.state = TaskState::kRunning;
  }
  EXPECT_EQ(task.due, kNow + 500ms);

  EXPECT_EQ(After(task, AttemptResult::kRefused).due, kNow + 500ms);
}

TEST(RetryPolicyTest, CountsPausesWithoutEnd) {
  Task task = Running();
  task.refusals = 100000;

  EXPECT_GT(After(task, AttemptResult::kRefused).due, kNow + 1000h);
}

TEST(RetryPolicyTest, LetsATaskExpireThatIsTooOldToTryAgain) {
  Task task = Running();
  task.expires = kNow;

  EXPECT_EQ(After(task, AttemptResult::kRefused).state, TaskState::kExpired);
  EXPECT_EQ(After(task, AttemptResult::kFunctionError).state, TaskState::kExpired);
  EXPECT_EQ(After(task, AttemptResult::kSucceeded).state, TaskState::kSucceeded);
}

TEST(RetryPolicyTest, StopsWhatIsUnwantedUnlessItSucceeded) {
  Task task = Running();
  task.state = TaskState::kStopping;

  EXPECT_EQ(After(task, AttemptResult::kFunctionError).state, TaskState::kStopped);
  EXPECT_EQ(After(task, AttemptResult::kRefused).state, TaskState::kStopped);
  EXPECT_EQ(After(task, AttemptResult::kSucceeded).state, TaskState::kSucceeded);
}

TEST(RetryPolicyTest, GivesUpWhatCanNeverRun) {
  const Task task = After(Running(), AttemptResult::kInvalid);

  EXPECT_EQ(task.state, TaskState::kInvalid);
  EXPECT_EQ(task.ended, kNow);
}

}  // namespace
}  // namespace openfc::emulator
