#pragma once

#include "emulator/tasks/task_queue.h"
#include "tests/fakes/temp_dir.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace openfc::emulator {

/// A queue in a folder of its own, and a clock that stands still.
class QueueTest : public ::testing::Test {
 protected:
  using Clock = TaskQueue::Clock;

  QueueTest() { Reopen(); }

  void Close() { queue_.reset(); }

  void Reopen() {
    Close();
    auto opened = TaskQueue::Open(folder_.path().string(), now_);
    ASSERT_TRUE(opened) << opened.error().message;
    queue_ = *std::move(opened);
  }

  /// "ok", or why it was refused.
  std::string Add(const NewTask& task) {
    const auto answers = queue_->Enqueue({&task, 1}, now_);
    if (!answers) return answers.error().message;
    return answers->front() ? "ok" : answers->front().error().message;
  }

  /// Claims for `f`; the test has failed when there is nothing.
  Task Claimed(const std::string& function = "f") {
    auto task = queue_->ClaimDue(function, now_);
    EXPECT_TRUE(task && *task) << "nothing is due";
    return task && *task ? **std::move(task) : Task();
  }

  bool IsDue(const std::string& function = "f") {
    const auto due = queue_->DueFunctions(now_);
    return due && std::find(due->begin(), due->end(), function) != due->end();
  }

  Task Finished(const Task& task, const AttemptEnd& end) {
    auto after = queue_->Finish(task.key, end, now_);
    EXPECT_TRUE(after) << after.error().message;
    return after ? *std::move(after) : Task();
  }

  Task Found(const std::string& task_id, const std::string& function = "f") {
    auto task = queue_->Find(function, task_id);
    EXPECT_TRUE(task && *task) << task_id;
    return task && *task ? **std::move(task) : Task();
  }

  std::vector<std::string> EventNames(std::int64_t key) {
    std::vector<std::string> names;
    const auto events = queue_->EventsOf(key);
    EXPECT_TRUE(events);
    for (const TaskEvent& event : *events) names.emplace_back(NameOf(event.state));
    return names;
  }

  openfc::testing::TempDir folder_;
  Clock::time_point now_ = Clock::time_point(std::chrono::hours(500000));
  std::unique_ptr<TaskQueue> queue_;
};

}  // namespace openfc::emulator
