#include "emulator/tasks/task_queue.h"

#include "tests/unit/emulator/tasks/queue_test.h"

#include <gmock/gmock.h>

#include <set>

namespace openfc::emulator {
namespace {

using std::chrono_literals::operator""h;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class TaskQueueTest : public QueueTest {};

TEST_F(TaskQueueTest, GivesOutWhatWasPutIn) {
  const std::string payload("bytes\0\xff", 7);
  ASSERT_EQ(Add({.function = "f",
                 .request_id = "r-1",
                 .task_id = "mine",
                 .payload = payload,
                 .trigger = "timer",
                 .headers = "a: b",
                 .max_age = 1h,
                 .max_retries = 5}),
            "ok");

  const Task task = Claimed();

  EXPECT_EQ(task.function, "f");
  EXPECT_EQ(task.request_id, "r-1");
  EXPECT_EQ(task.task_id, "mine");
  EXPECT_EQ(task.state, TaskState::kRunning);
  EXPECT_EQ(task.payload, payload);
  EXPECT_EQ(task.trigger, "timer");
  EXPECT_EQ(task.headers, "a: b");
  EXPECT_EQ(task.enqueued, now_);
  EXPECT_EQ(task.started, now_);
  EXPECT_EQ(task.expires, now_ + 1h);
  EXPECT_EQ(task.attempts, 1);
  EXPECT_EQ(task.max_retries, 5);
}

TEST_F(TaskQueueTest, GivesOutTheEarliestDueFirstAndEachOnce) {
  Add({.function = "f", .request_id = "later", .not_before = now_ + 1s});
  Add({.function = "f", .request_id = "first"});
  Add({.function = "f", .request_id = "second"});
  Add({.function = "g", .request_id = "other"});

  EXPECT_EQ(Claimed().request_id, "first");
  EXPECT_EQ(Claimed().request_id, "second");
  EXPECT_FALSE(*queue_->ClaimDue("f", now_));
  EXPECT_FALSE(*queue_->ClaimDue("none", now_));
  now_ += 1s;
  EXPECT_EQ(Claimed().request_id, "later");
  EXPECT_EQ(Claimed("g").request_id, "other");
}

TEST_F(TaskQueueTest, KnowsWhichFunctionsHaveSomethingToDo) {
  Add({.function = "f", .request_id = "1"});
  Add({.function = "f", .request_id = "2"});
  Add({.function = "g", .request_id = "1", .not_before = now_ + 1s});

  EXPECT_THAT(*queue_->DueFunctions(now_), ElementsAre("f"));
  EXPECT_THAT(*queue_->DueFunctions(now_ + 1s), ElementsAre("f", "g"));
  Claimed();
  Claimed();
  EXPECT_THAT(*queue_->DueFunctions(now_), IsEmpty());
}

TEST_F(TaskQueueTest, KnowsWhenSomethingHappensNext) {
  EXPECT_EQ(*queue_->NextEvent(), std::nullopt);
  Add({.function = "f", .request_id = "1", .max_age = 1h, .not_before = now_ + 2h});
  EXPECT_EQ(*queue_->NextEvent(), now_ + 1h) << "it expires before it is due";
  Add({.function = "f", .request_id = "2", .not_before = now_ + 5s});
  EXPECT_EQ(*queue_->NextEvent(), now_ + 5s);
  now_ += 5s;
  Claimed();
  EXPECT_EQ(*queue_->NextEvent(), now_ - 5s + 1h) << "what runs is nobody's turn";
}

TEST_F(TaskQueueTest, NamesATaskAfterItsRequestUnlessItHasAName) {
  Add({.function = "f", .request_id = "1-abc"});

  EXPECT_EQ(Found("1-abc").request_id, "1-abc");
  EXPECT_FALSE(*queue_->Find("g", "1-abc"));
}

TEST_F(TaskQueueTest, RefusesAnIdThatTheFunctionHasATaskOf) {
  ASSERT_EQ(Add({.function = "f", .request_id = "1", .task_id = "same", .payload = "first"}), "ok");

  EXPECT_EQ(Add({.function = "f", .request_id = "2", .task_id = "same"}),
            "the function has a task 'same' already");
  EXPECT_EQ(Add({.function = "g", .request_id = "3", .task_id = "same"}), "ok");
  EXPECT_EQ(Found("same").payload, "first");
  Finished(Claimed(), {});
  EXPECT_EQ(Add({.function = "f", .request_id = "4", .task_id = "same"}),
            "the function has a task 'same' already")
      << "also once it has ended";
}

TEST_F(TaskQueueTest, RefusesAnIdThatIsNone) {
  EXPECT_THAT(Add({.function = "f", .request_id = "1", .task_id = "1st"}), HasSubstr("a task id"));
  EXPECT_FALSE(IsDue());
}

TEST_F(TaskQueueTest, AnswersEachTaskOfABatch) {
  const std::vector<NewTask> batch = {{.function = "f", .request_id = "1", .task_id = "a"},
                                      {.function = "f", .request_id = "2", .task_id = "a"},
                                      {.function = "f", .request_id = "3", .task_id = "!"},
                                      {.function = "f", .request_id = "4", .task_id = "b"}};

  const auto answers = queue_->Enqueue(batch, now_);

  ASSERT_TRUE(answers);
  ASSERT_EQ(answers->size(), 4U);
  EXPECT_TRUE((*answers)[0]);
  EXPECT_FALSE((*answers)[1]);
  EXPECT_FALSE((*answers)[2]);
  EXPECT_TRUE((*answers)[3]);
  EXPECT_EQ(Claimed().request_id, "1");
  EXPECT_EQ(Claimed().request_id, "4");
  EXPECT_TRUE(queue_->Enqueue({}, now_)->empty());
}

TEST_F(TaskQueueTest, KeepsAnswerAndReasonOfAnAttempt) {
  Add({.function = "f", .request_id = "1"});

  Finished(Claimed(), {.result = AttemptResult::kSucceeded, .detail = "fine", .answer = "42"});

  const Task task = Found("1");
  EXPECT_EQ(task.state, TaskState::kSucceeded);
  EXPECT_EQ(task.ended, now_);
  EXPECT_EQ(task.result, "42");
  EXPECT_EQ(task.detail, "fine");
  EXPECT_FALSE(IsDue());
}

TEST_F(TaskQueueTest, KeepsNoAnswerOverAMegabyte) {
  Add({.function = "f", .request_id = "1"});
  Add({.function = "f", .request_id = "2"});

  Finished(Claimed(), {.answer = std::string(1 << 20, 'x')});
  Finished(Claimed(), {.answer = std::string((1 << 20) + 1, 'x')});

  EXPECT_EQ(Found("1").result.size(), 1U << 20U);
  EXPECT_EQ(Found("2").result, "");
}

TEST_F(TaskQueueTest, TriesAFunctionAgainWithPauses) {
  Add({.function = "f", .request_id = "1", .max_retries = 1});
  const AttemptEnd failed{.result = AttemptResult::kFunctionError, .detail = "boom"};

  EXPECT_EQ(Finished(Claimed(), failed).state, TaskState::kRetrying);
  EXPECT_FALSE(IsDue());
  now_ += 499ms;
  EXPECT_FALSE(IsDue());
  now_ += 1ms;
  const Task again = Claimed();
  EXPECT_EQ(again.attempts, 2);
  EXPECT_EQ(again.function_errors, 1);
  EXPECT_EQ(Finished(again, failed).state, TaskState::kFailed);
  EXPECT_EQ(Found("1").detail, "boom");
}

TEST_F(TaskQueueTest, TellsTheTurnsOfATaskInOrder) {
  Add({.function = "f", .request_id = "1"});
  const Task task = Claimed();
  Finished(task, {.result = AttemptResult::kRefused, .detail = "busy"});
  now_ += 500ms;
  Finished(Claimed(), {});

  EXPECT_THAT(EventNames(task.key),
              ElementsAre("Enqueued", "Running", "Retrying", "Running", "Succeeded"));
  const auto events = queue_->EventsOf(task.key);
  EXPECT_EQ((*events)[2].detail, "busy");
  EXPECT_EQ((*events)[2].when, now_ - 500ms);
  EXPECT_EQ((*events)[4].when, now_);
  EXPECT_THAT(*queue_->EventsOf(99), IsEmpty());
}

TEST_F(TaskQueueTest, EndsNoAttemptThatNobodyMakes) {
  Add({.function = "f", .request_id = "1"});
  const Task task = Found("1");

  EXPECT_THAT(queue_->Finish(task.key, {}, now_).error().message, HasSubstr("does not run"));
  Finished(Claimed(), {});
  EXPECT_EQ(queue_->Finish(task.key, {}, now_).error().code, ErrorCode::kInvalidArgument);
  EXPECT_FALSE(queue_->Finish(12345, {}, now_));
}

TEST_F(TaskQueueTest, LetsWhatWaitsExpire) {
  Add({.function = "f", .request_id = "1", .payload = "p", .max_age = 10s});
  Add({.function = "f", .request_id = "2", .max_age = 20s});
  now_ += 10s - 1ms;
  EXPECT_THAT(*queue_->ExpireOverdue(now_), IsEmpty());
  now_ += 1ms;

  const auto expired = queue_->ExpireOverdue(now_);

  ASSERT_EQ(expired->size(), 1U);
  EXPECT_EQ(expired->front().state, TaskState::kExpired);
  EXPECT_EQ(expired->front().payload, "p");
  EXPECT_EQ(Found("1").ended, now_);
  EXPECT_THAT(EventNames(expired->front().key), ElementsAre("Enqueued", "Expired"));
  EXPECT_THAT(*queue_->ExpireOverdue(now_), IsEmpty());
  EXPECT_EQ(Claimed().request_id, "2");
}

TEST_F(TaskQueueTest, GivesNothingOutThatIsTooOld) {
  Add({.function = "f", .request_id = "1", .max_age = 10s});
  now_ += 10s;

  EXPECT_FALSE(IsDue());
  EXPECT_FALSE(*queue_->ClaimDue("f", now_));
}

TEST_F(TaskQueueTest, LetsWhatRunsGrowOld) {
  Add({.function = "f", .request_id = "1", .max_age = 10s});
  const Task task = Claimed();
  now_ += 11s;

  EXPECT_THAT(*queue_->ExpireOverdue(now_), IsEmpty());
  EXPECT_EQ(Finished(task, {.result = AttemptResult::kRefused}).state, TaskState::kExpired);
}

TEST_F(TaskQueueTest, ExpiresManyBitByBit) {
  std::vector<NewTask> batch;
  for (int i = 0; i < 150; ++i) {
    batch.push_back({.function = "f", .request_id = std::to_string(i), .max_age = 1s});
  }
  ASSERT_TRUE(queue_->Enqueue(batch, now_));
  now_ += 1s;

  EXPECT_EQ(queue_->ExpireOverdue(now_)->size(), 100U);
  EXPECT_EQ(queue_->ExpireOverdue(now_)->size(), 50U);
  EXPECT_THAT(*queue_->ExpireOverdue(now_), IsEmpty());
}

TEST_F(TaskQueueTest, StopsWhatWaits) {
  Add({.function = "f", .request_id = "1"});

  const auto stopped = queue_->Stop("f", "1", now_);

  ASSERT_TRUE(stopped);
  EXPECT_EQ(stopped->state, TaskState::kStopped);
  EXPECT_EQ(Found("1").ended, now_);
  EXPECT_FALSE(IsDue());
  EXPECT_EQ(queue_->Stop("f", "1", now_).error().message, "task '1' has ended already: Stopped");
}

TEST_F(TaskQueueTest, StopsWhatWaitsForItsNextAttempt) {
  Add({.function = "f", .request_id = "1"});
  Finished(Claimed(), {.result = AttemptResult::kRefused});

  EXPECT_EQ(queue_->Stop("f", "1", now_)->state, TaskState::kStopped);
  now_ += 1h;
  EXPECT_FALSE(IsDue());
}

TEST_F(TaskQueueTest, AsksForTheEndOfWhatRuns) {
  Add({.function = "f", .request_id = "1"});
  const Task task = Claimed();

  EXPECT_EQ(queue_->Stop("f", "1", now_)->state, TaskState::kStopping);
  EXPECT_EQ(queue_->Stop("f", "1", now_)->state, TaskState::kStopping);
  EXPECT_FALSE(Found("1").ended);
  EXPECT_EQ(Finished(task, {.result = AttemptResult::kFunctionError}).state, TaskState::kStopped);
  EXPECT_THAT(EventNames(task.key), ElementsAre("Enqueued", "Running", "Stopping", "Stopped"));
}

TEST_F(TaskQueueTest, StopsNoTaskThatThereIsNot) {
  EXPECT_EQ(queue_->Stop("f", "x", now_).error().message, "there is no task 'x'");
}

TEST_F(TaskQueueTest, ForgetsWhatEndedLongAgo) {
  for (const auto* id : {"1", "2"}) {
    Add({.function = "f", .request_id = id});
    Finished(Claimed(), {});
    now_ += 1h;
  }
  Add({.function = "f", .request_id = "waits"});
  const std::int64_t first = Found("1").key;

  EXPECT_EQ(*queue_->Trim(now_ - 1h, 1000), 1);
  EXPECT_FALSE(*queue_->Find("f", "1"));
  EXPECT_THAT(*queue_->EventsOf(first), IsEmpty());
  EXPECT_EQ(Found("2").state, TaskState::kSucceeded);
  EXPECT_EQ(Found("waits").state, TaskState::kEnqueued);
  EXPECT_EQ(Add({.function = "f", .request_id = "1"}), "ok") << "the name is free again";
}

TEST_F(TaskQueueTest, ForgetsAllButTheLastThatEnded) {
  for (const auto* id : {"1", "2", "3"}) {
    Add({.function = "f", .request_id = id});
    Finished(Claimed(), {});
  }
  Add({.function = "f", .request_id = "runs"});
  Claimed();

  EXPECT_EQ(*queue_->Trim(now_, 2), 1);
  EXPECT_FALSE(*queue_->Find("f", "1"));
  EXPECT_EQ(*queue_->Trim(now_, 0), 2);
  EXPECT_EQ(*queue_->Trim(now_ + 1h, 0), 0);
  EXPECT_EQ(Found("runs").state, TaskState::kRunning);
}

TEST_F(TaskQueueTest, NeverGivesAKeyTwice) {
  std::set<std::int64_t> keys;
  for (int i = 0; i < 3; ++i) {
    Add({.function = "f", .request_id = std::to_string(i)});
    const Task task = Claimed();
    keys.insert(task.key);
    Finished(task, {});
    ASSERT_TRUE(queue_->Trim(now_, 0));
  }

  EXPECT_EQ(keys.size(), 3U);
}

TEST_F(TaskQueueTest, TakesInWhatFollowsTheEndOfATask) {
  Add({.function = "f", .request_id = "1", .max_retries = 1});
  const auto follow_up = [](const Task& ended) {
    return std::optional(
        NewTask{.function = "g", .request_id = ended.request_id, .payload = ended.detail});
  };
  const AttemptEnd broken{.result = AttemptResult::kFunctionError, .detail = "broken"};

  ASSERT_TRUE(queue_->Finish(Claimed().key, broken, now_, follow_up));
  EXPECT_FALSE(IsDue("g")) << "it is tried again";
  now_ += 500ms;
  ASSERT_TRUE(queue_->Finish(Claimed().key, broken, now_, follow_up));

  EXPECT_EQ(Claimed("g").payload, "broken");
}

TEST_F(TaskQueueTest, EndsATaskWithWhatFollowsOrNotAtAll) {
  Add({.function = "f", .request_id = "1"});
  Add({.function = "g", .request_id = "taken"});

  const auto ended = queue_->Finish(Claimed().key, {}, now_, [](const Task&) {
    return std::optional(NewTask{.function = "g", .request_id = "taken"});
  });

  EXPECT_FALSE(ended);
  EXPECT_EQ(Found("1").state, TaskState::kRunning);
}

TEST_F(TaskQueueTest, TakesInWhatFollowsTheExpiryOfATask) {
  Add({.function = "f", .request_id = "1", .max_age = 1s});
  Add({.function = "f", .request_id = "2", .max_age = 1s});
  now_ += 1s;

  ASSERT_TRUE(queue_->ExpireOverdue(now_, [](const Task& ended) {
    if (ended.request_id == "2") return std::optional<NewTask>();
    return std::optional(NewTask{.function = "g", .request_id = ended.request_id});
  }));

  EXPECT_EQ(Claimed("g").request_id, "1");
  EXPECT_FALSE(IsDue("g"));
}

TEST_F(TaskQueueTest, ForgetsATask) {
  Add({.function = "f", .request_id = "1"});
  const Task task = Claimed();

  ASSERT_TRUE(queue_->Forget(task.key));

  EXPECT_FALSE(*queue_->Find("f", "1"));
  EXPECT_THAT(EventNames(task.key), IsEmpty());
}

}  // namespace
}  // namespace openfc::emulator
