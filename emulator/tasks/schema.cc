#include "emulator/tasks/schema.h"

namespace openfc::emulator {
namespace {

constexpr std::int64_t kOurs = 0x6f666371;  // application_id: "ofcq"
constexpr std::int64_t kVersion = 1;        // user_version

// States are those of TaskState: up to 1 a task waits, from 4 on it has ended.
constexpr const char* kTables = R"(
CREATE TABLE task (
  key INTEGER PRIMARY KEY AUTOINCREMENT,
  function TEXT NOT NULL,
  request_id TEXT NOT NULL,
  task_id TEXT NOT NULL,
  state INTEGER NOT NULL,
  trigger_name TEXT NOT NULL,
  headers TEXT NOT NULL,
  enqueued_ms INTEGER NOT NULL,
  due_ms INTEGER NOT NULL,
  expires_ms INTEGER NOT NULL,
  started_ms INTEGER,
  ended_ms INTEGER,
  attempts INTEGER NOT NULL DEFAULT 0,
  function_errors INTEGER NOT NULL DEFAULT 0,
  refusals INTEGER NOT NULL DEFAULT 0,
  max_retries INTEGER NOT NULL,
  detail TEXT NOT NULL DEFAULT '',
  result BLOB,
  payload BLOB NOT NULL,
  UNIQUE (function, task_id)
) STRICT;
CREATE INDEX task_of_function ON task (function);
CREATE INDEX task_due ON task (function, due_ms) WHERE state <= 1;
CREATE INDEX task_expiry ON task (expires_ms) WHERE state <= 1;
CREATE INDEX task_wake ON task (due_ms) WHERE state <= 1;
CREATE INDEX task_ended ON task (ended_ms) WHERE state >= 4;
CREATE TABLE event (
  number INTEGER PRIMARY KEY,
  task INTEGER NOT NULL REFERENCES task (key) ON DELETE CASCADE,
  state INTEGER NOT NULL,
  when_ms INTEGER NOT NULL,
  detail TEXT NOT NULL
) STRICT;
CREATE INDEX event_of_task ON event (task);
PRAGMA application_id = 1868981105;
PRAGMA user_version = 1;
)";
static_assert(kOurs == 1868981105 && kVersion == 1);

Expected<std::int64_t> Ask(Database& database, const char* sql) {
  auto statement = database.Prepare(sql);
  if (!statement) return statement.error();
  const auto row = statement->Next();
  if (!row) return row.error();
  return *row ? statement->Number(0) : 0;
}

}  // namespace

Status PrepareSchema(Database& database) {
  const auto owner = Ask(database, "PRAGMA application_id");
  if (!owner) return owner.error();
  const auto version = Ask(database, "PRAGMA user_version");
  if (!version) return version.error();
  const auto tables = Ask(database, "SELECT count(*) FROM sqlite_schema");
  if (!tables) return tables.error();
  if (*tables > 0 && *owner != kOurs) {
    return Error{ErrorCode::kInvalidArgument, "the file of tasks is another program's database"};
  }
  if (*version > kVersion) {
    return Error{ErrorCode::kInvalidArgument, "the file of tasks is a newer openfc's"};
  }
  if (*version == kVersion) return Ok();
  auto transaction = Transaction::Begin(database, Transaction::Durability::kPower);
  if (!transaction) return transaction.error();
  if (const auto made = database.Execute(kTables); !made) return made.error();
  return (*transaction)->Commit();
}

}  // namespace openfc::emulator
