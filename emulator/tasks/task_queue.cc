#include "emulator/tasks/task_queue.h"

#include "emulator/tasks/database.h"
#include "emulator/tasks/schema.h"
#include "emulator/tasks/task_statements.h"

#include <algorithm>
#include <utility>

namespace openfc::emulator {
namespace {

using Durability = Transaction::Durability;

constexpr std::size_t kMostResultBytes = std::size_t{1} << 20U;

Error Invalid(const std::string& what) { return Error{ErrorCode::kInvalidArgument, what}; }

/// As told by Open(), whose callers know of a queue and not of databases.
Error CannotOpen(const Error& error) {
  return Error{
      error.code,
      "the asynchronous invocations cannot be kept: " + error.message +
          (error.code == ErrorCode::kUnavailable ? " (another fclocal, most likely)" : "")};
}

}  // namespace

TaskQueue::TaskQueue(std::unique_ptr<Database> database, std::unique_ptr<TaskStatements> statements)
    : database_(std::move(database)), statements_(std::move(statements)) {}

TaskQueue::~TaskQueue() = default;

Expected<std::unique_ptr<TaskQueue>> TaskQueue::Open(const std::string& folder,
                                                     Clock::time_point now) {
  auto database = Database::Open(folder + "/tasks.db");
  if (!database) return CannotOpen(database.error());
  if (const auto ready = PrepareSchema(**database); !ready) return CannotOpen(ready.error());
  auto statements = TaskStatements::Prepare(**database);
  if (!statements) return CannotOpen(statements.error());
  std::unique_ptr<TaskQueue> queue(new TaskQueue(*std::move(database), *std::move(statements)));
  if (const auto recovered = queue->Recover(now); !recovered) return CannotOpen(recovered.error());
  return queue;
}

/// What ran when the last process ended is due again; what was to be stopped is.
Status TaskQueue::Recover(Clock::time_point now) {
  std::vector<Task> left;
  Statement& unfinished = statements_->unfinished;
  auto row = unfinished.Next();
  for (; row && *row; row = unfinished.Next()) left.push_back(ReadTask(unfinished));
  if (!row) return row.error();
  auto transaction = Transaction::Begin(*database_, Durability::kProcess);
  if (!transaction) return transaction.error();
  for (Task& task : left) {
    const bool is_unwanted = task.state == TaskState::kStopping;
    task.state = is_unwanted ? TaskState::kStopped : TaskState::kRetrying;
    task.due = std::min(task.due, now);
    task.detail = "fclocal ended while it ran";
    if (is_unwanted) task.ended = now;
    if (const auto stored = Store(task); !stored) return stored.error();
    if (const auto noted = Note(task.key, task.state, now, task.detail); !noted) {
      return noted.error();
    }
  }
  return (*transaction)->Commit();
}

Expected<std::vector<Status>> TaskQueue::Enqueue(std::span<const NewTask> tasks,
                                                 Clock::time_point now) {
  auto transaction = Transaction::Begin(*database_, Durability::kPower);
  if (!transaction) return transaction.error();
  std::vector<Status> answers;
  answers.reserve(tasks.size());
  for (const NewTask& task : tasks) {
    auto answer = EnqueueOne(task, now);
    if (!answer) return answer.error();
    answers.push_back(*std::move(answer));
  }
  if (const auto done = (*transaction)->Commit(); !done) return done.error();
  return answers;
}

Expected<Status> TaskQueue::EnqueueOne(const NewTask& task, Clock::time_point now) {
  if (!task.task_id.empty()) {
    if (auto checked = CheckTaskId(task.task_id); !checked) return checked;
  }
  const std::string& id = task.task_id.empty() ? task.request_id : task.task_id;
  Statement& insert = statements_->insert;
  insert.Bind(0, task.function).Bind(1, task.request_id).Bind(2, id);
  insert.Bind(3, task.trigger).Bind(4, task.headers).Bind(5, MillisecondsOf(now));
  insert.Bind(6, MillisecondsOf(std::max(task.not_before.value_or(now), now)));
  insert.Bind(7, MillisecondsOf(now) + task.max_age.count());
  insert.Bind(8, std::int64_t{task.max_retries}).BindBytes(9, task.payload);
  const auto row = insert.Next();
  if (!row) return row.error();
  if (!*row) return Status(Invalid("the function has a task '" + id + "' already"));
  const std::int64_t key = insert.Number(0);
  if (const auto ended = insert.Run(); !ended) return ended.error();
  if (const auto noted = Note(key, TaskState::kEnqueued, now, ""); !noted) return noted.error();
  return Ok();
}

Status TaskQueue::Note(std::int64_t key, TaskState state, Clock::time_point when,
                       const std::string& detail) {
  return statements_->note.Bind(0, key)
      .Bind(1, static_cast<std::int64_t>(state))
      .Bind(2, MillisecondsOf(when))
      .Bind(3, detail)
      .Run();
}

Expected<std::optional<Task>> TaskQueue::ClaimDue(const std::string& function,
                                                  Clock::time_point now) {
  auto transaction = Transaction::Begin(*database_, Durability::kProcess);
  if (!transaction) return transaction.error();
  Statement& claim = statements_->claim;
  const auto row = claim.Bind(0, function).Bind(1, MillisecondsOf(now)).Next();
  if (!row) return row.error();
  if (!*row) return std::optional<Task>();
  Task task = ReadTask(claim);
  if (const auto ended = claim.Run(); !ended) return ended.error();
  if (const auto noted = Note(task.key, task.state, now, ""); !noted) return noted.error();
  if (const auto done = (*transaction)->Commit(); !done) return done.error();
  return std::optional(std::move(task));
}

Expected<std::vector<std::string>> TaskQueue::DueFunctions(Clock::time_point now) {
  std::vector<std::string> functions;
  Statement& due = statements_->due_functions;
  due.Bind(0, MillisecondsOf(now));
  auto row = due.Next();
  for (; row && *row; row = due.Next()) functions.push_back(due.Text(0));
  if (!row) return row.error();
  return functions;
}

Status TaskQueue::Store(const Task& task) {
  Statement& store = statements_->store;
  store.Bind(0, task.key).Bind(1, static_cast<std::int64_t>(task.state));
  store.Bind(2, MillisecondsOf(task.due));
  if (task.ended) store.Bind(3, MillisecondsOf(*task.ended));
  store.Bind(4, std::int64_t{task.function_errors}).Bind(5, std::int64_t{task.refusals});
  store.Bind(6, task.detail).BindBytes(7, task.result);
  return store.Run();
}

/// Writes an attempt's or a task's end down, with what follows.
Status TaskQueue::Conclude(const Task& task, Clock::time_point now, const FollowUp& follow_up) {
  if (Status stored = Store(task); !stored) return stored;
  if (Status noted = Note(task.key, task.state, now, task.detail); !noted) return noted;
  if (!follow_up || !HasEnded(task.state)) return Ok();
  const auto next = follow_up(task);
  if (!next) return Ok();
  const auto taken = EnqueueOne(*next, now);
  if (!taken) return taken.error();
  return *taken;
}

Expected<Task> TaskQueue::Finish(std::int64_t key, const AttemptEnd& end, Clock::time_point now,
                                 const FollowUp& follow_up) {
  auto found = FindByKey(key);
  if (!found) return found.error();
  const bool is_claimed =
      *found && ((*found)->state == TaskState::kRunning || (*found)->state == TaskState::kStopping);
  if (!is_claimed) return Invalid("task " + std::to_string(key) + " does not run");
  Task task = AfterAttempt(**std::move(found), end, now);
  task.result = end.answer.size() <= kMostResultBytes ? end.answer : std::string();
  auto transaction = Transaction::Begin(*database_, Durability::kProcess);
  if (!transaction) return transaction.error();
  if (const auto concluded = Conclude(task, now, follow_up); !concluded) return concluded.error();
  if (const auto done = (*transaction)->Commit(); !done) return done.error();
  return task;
}

Status TaskQueue::Forget(std::int64_t key) {
  auto transaction = Transaction::Begin(*database_, Durability::kProcess);
  if (!transaction) return transaction.error();
  if (Status forgotten = statements_->forget.Bind(0, key).Run(); !forgotten) return forgotten;
  return (*transaction)->Commit();
}

Expected<std::vector<Task>> TaskQueue::ExpireOverdue(Clock::time_point now,
                                                     const FollowUp& follow_up) {
  std::vector<Task> tasks;
  Statement& expired = statements_->expired;
  expired.Bind(0, MillisecondsOf(now));
  auto row = expired.Next();
  for (; row && *row; row = expired.Next()) tasks.push_back(ReadTask(expired));
  if (!row) return row.error();
  if (tasks.empty()) return tasks;
  auto transaction = Transaction::Begin(*database_, Durability::kProcess);
  if (!transaction) return transaction.error();
  for (Task& task : tasks) {
    task.state = TaskState::kExpired;
    task.ended = now;
    if (const auto concluded = Conclude(task, now, follow_up); !concluded) {
      return concluded.error();
    }
  }
  if (const auto done = (*transaction)->Commit(); !done) return done.error();
  return tasks;
}

Expected<Task> TaskQueue::Stop(const std::string& function, const std::string& task_id,
                               Clock::time_point now) {
  auto found = Find(function, task_id);
  if (!found) return found.error();
  if (!*found) return Invalid("there is no task '" + task_id + "'");
  Task task = **std::move(found);
  if (HasEnded(task.state)) {
    return Invalid("task '" + task_id + "' has ended already: " + std::string(NameOf(task.state)));
  }
  if (task.state == TaskState::kStopping) return task;
  const bool runs = task.state == TaskState::kRunning;
  task.state = runs ? TaskState::kStopping : TaskState::kStopped;
  if (!runs) task.ended = now;
  auto transaction = Transaction::Begin(*database_, Durability::kProcess);
  if (!transaction) return transaction.error();
  if (const auto stored = Store(task); !stored) return stored.error();
  if (const auto noted = Note(task.key, task.state, now, ""); !noted) return noted.error();
  if (const auto done = (*transaction)->Commit(); !done) return done.error();
  return task;
}

Expected<std::int64_t> TaskQueue::Trim(Clock::time_point before, std::int64_t most) {
  auto transaction = Transaction::Begin(*database_, Durability::kProcess);
  if (!transaction) return transaction.error();
  std::int64_t count = 0;
  if (const auto old = statements_->trim_by_age.Bind(0, MillisecondsOf(before)).Run(); !old) {
    return old.error();
  }
  count += database_->Changes();
  if (const auto many = statements_->trim_by_count.Bind(0, std::max<std::int64_t>(most, 0)).Run();
      !many) {
    return many.error();
  }
  count += database_->Changes();
  if (const auto done = (*transaction)->Commit(); !done) return done.error();
  return count;
}

}  // namespace openfc::emulator
