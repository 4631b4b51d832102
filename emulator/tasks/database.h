#pragma once

#include "runtime/base/error.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace openfc::emulator {

/// A statement of SQL that is prepared once and run often. Parameters and columns count from 0.
/// What is bound must live until the statement has run.
class Statement {
 public:
  Statement() = default;

  Statement& Bind(int parameter, std::int64_t value);
  Statement& Bind(int parameter, std::string_view text);
  Statement& BindBytes(int parameter, std::string_view bytes);
  Statement& BindNothing(int parameter);

  /// Runs it to the next row; false when there is none (left), and then it is ready to be bound and
  /// run again.
  Expected<bool> Next();

  /// Runs it to its end, whatever rows it has.
  Status Run();

  /// Leaves the rest of its rows alone.
  void Reset();

  std::int64_t Number(int column) const;
  std::optional<std::int64_t> NumberIfAny(int column) const;
  std::string Text(int column) const;

 private:
  friend class Database;

  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

/// A file of SQLite's that this process alone has open, with a log of what was written last (WAL).
/// Failures are sentences with the file's name.
class Database {
 public:
  /// Opened, or made; kUnavailable when another process has it, kInvalidArgument when it is no such
  /// file or is damaged.
  static Expected<std::unique_ptr<Database>> Open(const std::string& path);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  /// Any SQL without parameters and results, several statements too.
  Status Execute(const char* sql);

  Expected<Statement> Prepare(const char* sql);

  /// Rows that the last statement changed.
  std::int64_t Changes() const;

 private:
  explicit Database(sqlite3* handle) : handle_(handle) {}

  sqlite3* const handle_;
};

/// What is written between Begin() and Commit() is in the file whole or not at all: destroyed
/// without Commit(), nothing of it is.
class Transaction {
 public:
  enum class Durability {
    kProcess,  // Survives the death of this process.
    kPower,    // Survives that of the machine, once Commit() has returned.
  };

  static Expected<std::unique_ptr<Transaction>> Begin(Database& database, Durability durability);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  Status Commit();

 private:
  explicit Transaction(Database& database) : database_(database) {}

  Database& database_;
  bool is_open_ = true;
};

}  // namespace openfc::emulator
