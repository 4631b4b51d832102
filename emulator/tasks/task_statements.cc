#include "emulator/tasks/task_statements.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace openfc::emulator {
namespace {

using std::chrono::system_clock;

/// What ReadTask() reads, in its order; result and payload follow, or what stands in their place.
std::string Columns(const std::string& result, const std::string& payload) {
  return "key, function, request_id, task_id, state, trigger_name, headers, detail, enqueued_ms, "
         "due_ms, expires_ms, started_ms, ended_ms, attempts, function_errors, refusals, "
         "max_retries, " +
         result + ", " + payload + " ";
}

std::string WholeTask() { return Columns("result", "payload"); }

/// A page of List(), up to the side of the token and the order.
std::string Page() {
  return "SELECT " + Columns("NULL", "CASE WHEN ?6 THEN payload END") +
         "FROM task WHERE function = ?1 AND (?2 IS NULL OR state = ?2) "
         "AND substr(task_id, 1, length(?3)) = ?3 AND (?4 IS NULL OR enqueued_ms >= ?4) "
         "AND (?5 IS NULL OR enqueued_ms <= ?5) ";
}

constexpr const char* kInsert =
    "INSERT INTO task (function, request_id, task_id, state, trigger_name, headers, enqueued_ms, "
    "due_ms, expires_ms, max_retries, payload) VALUES (?1, ?2, ?3, 0, ?4, ?5, ?6, ?7, ?8, ?9, ?10) "
    "ON CONFLICT (function, task_id) DO NOTHING RETURNING key";
constexpr const char* kClaim =
    "UPDATE task SET state = 2, attempts = attempts + 1, started_ms = ?2 WHERE key = ("
    "SELECT key FROM task WHERE function = ?1 AND state <= 1 AND due_ms <= ?2 AND expires_ms > ?2 "
    "ORDER BY due_ms, key LIMIT 1) RETURNING ";
/// From one function to the next, however many tasks each of them has.
constexpr const char* kDueFunctions =
    "WITH RECURSIVE waiting (name) AS (SELECT min(function) FROM task WHERE state <= 1 UNION ALL "
    "SELECT (SELECT min(function) FROM task WHERE state <= 1 AND function > name) FROM waiting "
    "WHERE name IS NOT NULL) SELECT name FROM waiting WHERE name IS NOT NULL AND EXISTS (SELECT 1 "
    "FROM task WHERE state <= 1 AND function = name AND due_ms <= ?1 AND expires_ms > ?1)";
constexpr const char* kStore =
    "UPDATE task SET state = ?2, due_ms = ?3, ended_ms = ?4, function_errors = ?5, refusals = ?6, "
    "detail = ?7, result = ?8 WHERE key = ?1";
constexpr const char* kTrimByCount =
    "DELETE FROM task WHERE key IN (SELECT key FROM task WHERE state >= 4 ORDER BY ended_ms DESC, "
    "key DESC LIMIT -1 OFFSET ?1)";

}  // namespace

Expected<std::unique_ptr<TaskStatements>> TaskStatements::Prepare(Database& database) {
  auto all = std::make_unique<TaskStatements>();
  const std::array<std::pair<Statement*, std::string>, 17> texts = {{
      {&all->insert, kInsert},
      {&all->note, "INSERT INTO event (task, state, when_ms, detail) VALUES (?1, ?2, ?3, ?4)"},
      {&all->claim, kClaim + WholeTask()},
      {&all->due_functions, kDueFunctions},
      {&all->store, kStore},
      {&all->expired, "SELECT " + WholeTask() +
                          "FROM task WHERE state <= 1 AND expires_ms <= ?1 "
                          "ORDER BY expires_ms LIMIT 100"},
      {&all->next_due, "SELECT min(due_ms) FROM task WHERE state <= 1"},
      {&all->next_expiry, "SELECT min(expires_ms) FROM task WHERE state <= 1"},
      {&all->find_by_key, "SELECT " + WholeTask() + "FROM task WHERE key = ?1"},
      {&all->find_by_id,
       "SELECT " + WholeTask() + "FROM task WHERE function = ?1 AND task_id = ?2"},
      {&all->list_newest, Page() + "AND key < ?7 ORDER BY key DESC LIMIT ?8"},
      {&all->list_oldest, Page() + "AND key > ?7 ORDER BY key LIMIT ?8"},
      {&all->events,
       "SELECT number, state, when_ms, detail FROM event WHERE task = ?1 ORDER BY number"},
      {&all->forget, "DELETE FROM task WHERE key = ?1"},
      {&all->trim_by_age, "DELETE FROM task WHERE state >= 4 AND ended_ms < ?1"},
      {&all->trim_by_count, kTrimByCount},
      {&all->unfinished, "SELECT " + Columns("NULL", "NULL") + "FROM task WHERE state IN (2, 3)"},
  }};
  for (const auto& [statement, text] : texts) {
    auto prepared = database.Prepare(text.c_str());
    if (!prepared) return prepared.error();
    *statement = *std::move(prepared);
  }
  return all;
}

Task ReadTask(const Statement& statement) {
  const auto time = [&](int column) { return TimeOf(statement.Number(column)); };
  const auto time_if_any = [&](int column) {
    const auto number = statement.NumberIfAny(column);
    return number ? std::optional(TimeOf(*number)) : std::nullopt;
  };
  const auto count = [&](int column) { return static_cast<int>(statement.Number(column)); };
  return Task{.key = statement.Number(0),
              .function = statement.Text(1),
              .request_id = statement.Text(2),
              .task_id = statement.Text(3),
              .state = static_cast<TaskState>(std::clamp(count(4), 0, 8)),
              .trigger = statement.Text(5),
              .headers = statement.Text(6),
              .payload = statement.Text(18),
              .result = statement.Text(17),
              .detail = statement.Text(7),
              .enqueued = time(8),
              .due = time(9),
              .expires = time(10),
              .started = time_if_any(11),
              .ended = time_if_any(12),
              .attempts = count(13),
              .function_errors = count(14),
              .refusals = count(15),
              .max_retries = count(16)};
}

std::int64_t MillisecondsOf(system_clock::time_point when) {
  return std::chrono::floor<std::chrono::milliseconds>(when).time_since_epoch().count();
}

system_clock::time_point TimeOf(std::int64_t milliseconds) {
  return system_clock::time_point(std::chrono::milliseconds(milliseconds));
}

}  // namespace openfc::emulator
