#include "emulator/tasks/database.h"
#include "emulator/tasks/task_queue.h"
#include "emulator/tasks/task_statements.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <utility>

namespace openfc::emulator {
namespace {

using Clock = TaskQueue::Clock;

constexpr int kMostPerPage = 100;

Expected<std::optional<Task>> ReadOne(Statement& statement) {
  const auto row = statement.Next();
  if (!row) return row.error();
  if (!*row) return std::optional<Task>();
  Task task = ReadTask(statement);
  statement.Reset();
  return std::optional(std::move(task));
}

/// The key behind which a page begins.
Expected<std::int64_t> KeyOf(const TaskQuery& query) {
  if (query.token.empty()) {
    return query.is_newest_first ? std::numeric_limits<std::int64_t>::max() : std::int64_t{0};
  }
  std::int64_t key = 0;
  const char* end = query.token.data() + query.token.size();
  const auto [stop, error] = std::from_chars(query.token.data(), end, key);
  if (error != std::errc() || stop != end || key <= 0) {
    return Error{ErrorCode::kInvalidArgument,
                 "'" + query.token + "' is no token that a page of tasks ended with"};
  }
  return key;
}

void BindTime(Statement& statement, int parameter, const std::optional<Clock::time_point>& when) {
  if (when) {
    statement.Bind(parameter, MillisecondsOf(*when));
  } else {
    statement.BindNothing(parameter);
  }
}

}  // namespace

Expected<std::optional<Task>> TaskQueue::FindByKey(std::int64_t key) {
  return ReadOne(statements_->find_by_key.Bind(0, key));
}

Expected<std::optional<Task>> TaskQueue::Find(const std::string& function,
                                              const std::string& task_id) {
  return ReadOne(statements_->find_by_id.Bind(0, function).Bind(1, task_id));
}

Expected<TaskPage> TaskQueue::List(const TaskQuery& query) {
  if (query.limit < 1 || query.limit > kMostPerPage) {
    return Error{ErrorCode::kInvalidArgument, "a page has between 1 and 100 tasks"};
  }
  const auto behind = KeyOf(query);
  if (!behind) return behind.error();
  Statement& list = query.is_newest_first ? statements_->list_newest : statements_->list_oldest;
  list.Bind(0, query.function).Bind(2, query.prefix);
  if (query.state) list.Bind(1, static_cast<std::int64_t>(*query.state));
  BindTime(list, 3, query.enqueued_from);
  BindTime(list, 4, query.enqueued_to);
  list.Bind(5, std::int64_t{query.wants_payload ? 1 : 0}).Bind(6, *behind);
  list.Bind(7, std::int64_t{query.limit} + 1);  // One more says whether there is another page.
  TaskPage page;
  auto row = list.Next();
  for (; row && *row; row = list.Next()) page.tasks.push_back(ReadTask(list));
  if (!row) return row.error();
  if (page.tasks.size() > static_cast<std::size_t>(query.limit)) {
    page.tasks.pop_back();
    page.next_token = std::to_string(page.tasks.back().key);
  }
  return page;
}

Expected<std::vector<TaskEvent>> TaskQueue::EventsOf(std::int64_t key) {
  std::vector<TaskEvent> found;
  Statement& events = statements_->events;
  events.Bind(0, key);
  auto row = events.Next();
  for (; row && *row; row = events.Next()) {
    found.push_back({.number = events.Number(0),
                     .state = static_cast<TaskState>(events.Number(1)),
                     .when = TimeOf(events.Number(2)),
                     .detail = events.Text(3)});
  }
  if (!row) return row.error();
  return found;
}

Expected<std::optional<Clock::time_point>> TaskQueue::NextEvent() {
  constexpr auto kNever = std::numeric_limits<std::int64_t>::max();
  std::int64_t next = kNever;
  for (Statement* statement : {&statements_->next_due, &statements_->next_expiry}) {
    const auto row = statement->Next();
    if (!row) return row.error();
    next = std::min(next, statement->NumberIfAny(0).value_or(kNever));
    statement->Reset();
  }
  if (next == kNever) return std::optional<Clock::time_point>();
  return std::optional(TimeOf(next));
}

}  // namespace openfc::emulator
