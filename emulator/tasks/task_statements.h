#pragma once

#include "emulator/tasks/database.h"
#include "emulator/tasks/task.h"
#include "runtime/base/error.h"

#include <chrono>
#include <cstdint>
#include <memory>

namespace openfc::emulator {

/// The queue's SQL, prepared once.
struct TaskStatements {
  Statement insert;
  Statement note;
  Statement claim;
  Statement due_functions;
  Statement store;
  Statement expired;
  Statement next_due;
  Statement next_expiry;
  Statement find_by_key;
  Statement find_by_id;
  Statement list_newest;
  Statement list_oldest;
  Statement events;
  Statement forget;
  Statement trim_by_age;
  Statement trim_by_count;
  Statement unfinished;

  static Expected<std::unique_ptr<TaskStatements>> Prepare(Database& database);
};

/// The row that the statement stands on, whose columns are those that all its SELECTs share.
Task ReadTask(const Statement& statement);

// Times as they stand in the file.
std::int64_t MillisecondsOf(std::chrono::system_clock::time_point when);
std::chrono::system_clock::time_point TimeOf(std::int64_t milliseconds);

}  // namespace openfc::emulator
