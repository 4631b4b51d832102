#pragma once

#include "emulator/tasks/retry_policy.h"
#include "emulator/tasks/task.h"
#include "runtime/base/error.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace openfc::emulator {

class Database;
class Transaction;
struct TaskStatements;

/// Which tasks are asked for, and which page of them.
struct TaskQuery {
  std::string function;
  std::optional<TaskState> state = {};
  std::string prefix = {};  // Of the task id.
  std::optional<std::chrono::system_clock::time_point> enqueued_from = {};
  std::optional<std::chrono::system_clock::time_point> enqueued_to = {};
  bool is_newest_first = true;
  int limit = 20;          // At least 1, at most 100.
  std::string token = {};  // Of the page before; empty: the first page.
  bool wants_payload = false;
};

struct TaskPage {
  std::vector<Task> tasks;
  std::string next_token = {};  // Empty: that was all.
};

/// The asynchronous invocations of all functions, in a file that survives whatever ends this
/// process. A task is attempted at least once: what ran when the process ended is due again when
/// the file is opened again, and may run twice.
///
/// Times come from the caller, who has the clock. For one thread. Failures of the file are
/// kSystem.
class TaskQueue {
 public:
  using Clock = std::chrono::system_clock;

  /// What is taken in because a task has ended; nothing: nothing.
  using FollowUp = std::function<std::optional<NewTask>(const Task& ended)>;

  /// The file `tasks.db` in `folder`, which must be there. A sentence when another fclocal has the
  /// file (kUnavailable) or it is damaged or not ours (kInvalidArgument).
  static Expected<std::unique_ptr<TaskQueue>> Open(const std::string& folder,
                                                   Clock::time_point now);
  ~TaskQueue();
  TaskQueue(const TaskQueue&) = delete;
  TaskQueue& operator=(const TaskQueue&) = delete;

  /// Takes all of them in with one flush of the disk: when this returns they survive a power cut.
  /// One answer each: kInvalidArgument for an id that is none, or that the function has a task of
  /// already. On an error of the file none is in.
  Expected<std::vector<Status>> Enqueue(std::span<const NewTask> tasks, Clock::time_point now);

  /// The task of this function that is due first, with its payload; it is running from now on.
  Expected<std::optional<Task>> ClaimDue(const std::string& function, Clock::time_point now);

  /// Functions that have something to claim.
  Expected<std::vector<std::string>> DueFunctions(Clock::time_point now);

  /// Ends the attempt of a claimed task, and says what became of the task. When it has ended, what
  /// follows is in the file together with its end. kInvalidArgument when it was not claimed.
  Expected<Task> Finish(std::int64_t key, const AttemptEnd& end, Clock::time_point now,
                        const FollowUp& follow_up = {});

  /// Has a task never been.
  Status Forget(std::int64_t key);

  /// Ends what waits and has grown too old, and gives it out, with payloads: a bounded number at
  /// once, so call again until nothing comes. What follows as in Finish().
  Expected<std::vector<Task>> ExpireOverdue(Clock::time_point now, const FollowUp& follow_up = {});

  /// Stops a task that waits; one that runs is Stopping from now on, and is the caller's to end.
  /// kInvalidArgument when there is none, or it has ended.
  Expected<Task> Stop(const std::string& function, const std::string& task_id,
                      Clock::time_point now);

  /// When something is due, or expires, next; it may be past already. Nothing while no task waits.
  Expected<std::optional<Clock::time_point>> NextEvent();

  /// With payload and result.
  Expected<std::optional<Task>> Find(const std::string& function, const std::string& task_id);

  /// kInvalidArgument for a limit or token that is none.
  Expected<TaskPage> List(const TaskQuery& query);

  /// Oldest first.
  Expected<std::vector<TaskEvent>> EventsOf(std::int64_t key);

  /// Forgets tasks that ended before `before`, and all but the `most` that ended last. Says how
  /// many.
  Expected<std::int64_t> Trim(Clock::time_point before, std::int64_t most);

 private:
  TaskQueue(std::unique_ptr<Database> database, std::unique_ptr<TaskStatements> statements);

  Status Recover(Clock::time_point now);
  Expected<Status> EnqueueOne(const NewTask& task, Clock::time_point now);
  Status Conclude(const Task& task, Clock::time_point now, const FollowUp& follow_up);
  Status Note(std::int64_t key, TaskState state, Clock::time_point when, const std::string& detail);
  Expected<std::optional<Task>> FindByKey(std::int64_t key);
  Status Store(const Task& task);

  const std::unique_ptr<Database> database_;
  const std::unique_ptr<TaskStatements> statements_;  // Go before the database.
};

}  // namespace openfc::emulator
