#include "emulator/tasks/database.h"

#include <sqlite3.h>

namespace openfc::emulator {
namespace {

std::string NameOf(sqlite3* handle) {
  const char* name = ::sqlite3_db_filename(handle, "main");
  return "'" + std::string(name == nullptr ? "" : name) + "'";
}

/// What the library's last answer on this handle means for people.
Error ErrorOf(sqlite3* handle) {
  const std::string name = NameOf(handle);
  switch (::sqlite3_errcode(handle)) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return Error{ErrorCode::kUnavailable, name + " is in use by another process"};
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return Error{ErrorCode::kInvalidArgument,
                   name + " is damaged, or something else than a database: move it away"};
    default:
      return Error{ErrorCode::kSystem,
                   "cannot use " + name + ": " + std::string(::sqlite3_errmsg(handle))};
  }
}

}  // namespace

void Statement::Finalize::operator()(sqlite3_stmt* statement) const {
  ::sqlite3_finalize(statement);
}

// Binding fails for parameters that the statement has not, which is a bug that each test of it
// finds.

Statement& Statement::Bind(int parameter, std::int64_t value) {
  ::sqlite3_bind_int64(statement_.get(), parameter + 1, value);
  return *this;
}

Statement& Statement::Bind(int parameter, std::string_view text) {
  ::sqlite3_bind_text64(statement_.get(), parameter + 1, text.data() == nullptr ? "" : text.data(),
                        text.size(), SQLITE_STATIC, SQLITE_UTF8);
  return *this;
}

Statement& Statement::BindBytes(int parameter, std::string_view bytes) {
  ::sqlite3_bind_blob64(statement_.get(), parameter + 1,
                        bytes.data() == nullptr ? "" : bytes.data(), bytes.size(), SQLITE_STATIC);
  return *this;
}

Statement& Statement::BindNothing(int parameter) {
  ::sqlite3_bind_null(statement_.get(), parameter + 1);
  return *this;
}

Expected<bool> Statement::Next() {
  const int answer = ::sqlite3_step(statement_.get());
  if (answer == SQLITE_ROW) return true;
  if (answer == SQLITE_DONE) {
    Reset();
    return false;
  }
  const Error error = ErrorOf(::sqlite3_db_handle(statement_.get()));
  Reset();
  return error;
}

Status Statement::Run() {
  while (true) {
    const auto has_row = Next();
    if (!has_row) return has_row.error();
    if (!*has_row) return Ok();
  }
}

void Statement::Reset() {
  ::sqlite3_reset(statement_.get());
  ::sqlite3_clear_bindings(statement_.get());
}

std::int64_t Statement::Number(int column) const {
  return ::sqlite3_column_int64(statement_.get(), column);
}

std::optional<std::int64_t> Statement::NumberIfAny(int column) const {
  if (::sqlite3_column_type(statement_.get(), column) == SQLITE_NULL) return std::nullopt;
  return Number(column);
}

std::string Statement::Text(int column) const {
  const void* bytes = ::sqlite3_column_blob(statement_.get(), column);
  const int size = ::sqlite3_column_bytes(statement_.get(), column);
  if (bytes == nullptr) return {};
  return {static_cast<const char*>(bytes), static_cast<std::size_t>(size)};
}

Expected<std::unique_ptr<Database>> Database::Open(const std::string& path) {
  sqlite3* handle = nullptr;
  constexpr int kFlags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  const int answer = ::sqlite3_open_v2(path.c_str(), &handle, kFlags, nullptr);
  std::unique_ptr<Database> database(new Database(handle));
  if (answer != SQLITE_OK) {
    return Error{ErrorCode::kSystem,
                 "cannot open '" + path + "': " + std::string(::sqlite3_errmsg(handle))};
  }
  // Alone, so that no memory is shared; the first access then takes the lock for good.
  if (const auto set = database->Execute("PRAGMA locking_mode = EXCLUSIVE;"
                                         "PRAGMA journal_mode = WAL;"
                                         "PRAGMA synchronous = NORMAL;"
                                         "PRAGMA foreign_keys = ON;"
                                         "BEGIN IMMEDIATE; COMMIT;");
      !set) {
    return set.error();
  }
  return database;
}

Database::~Database() { ::sqlite3_close_v2(handle_); }

Status Database::Execute(const char* sql) {
  if (::sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr) != SQLITE_OK) return ErrorOf(handle_);
  return Ok();
}

Expected<Statement> Database::Prepare(const char* sql) {
  sqlite3_stmt* made = nullptr;
  if (::sqlite3_prepare_v3(handle_, sql, -1, SQLITE_PREPARE_PERSISTENT, &made, nullptr) !=
      SQLITE_OK) {
    return ErrorOf(handle_);
  }
  Statement statement;
  statement.statement_.reset(made);
  return statement;
}

std::int64_t Database::Changes() const { return ::sqlite3_changes64(handle_); }

Expected<std::unique_ptr<Transaction>> Transaction::Begin(Database& database,
                                                          Durability durability) {
  // At each commit the log is flushed, or it is not, and is with the next one that is.
  const char* sql = durability == Durability::kPower
                        ? "PRAGMA synchronous = FULL; BEGIN IMMEDIATE"
                        : "PRAGMA synchronous = NORMAL; BEGIN IMMEDIATE";
  if (const auto begun = database.Execute(sql); !begun) return begun.error();
  return std::unique_ptr<Transaction>(new Transaction(database));
}

Transaction::~Transaction() {
  if (is_open_) (void)database_.Execute("ROLLBACK");
}

Status Transaction::Commit() {
  auto done = database_.Execute("COMMIT");
  is_open_ = !done;
  return done;
}

}  // namespace openfc::emulator
