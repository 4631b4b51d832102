#pragma once

#include "sandbox/executor/run.h"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace openfc::sandbox {

/// What the original calls a status below 0.
inline constexpr int kUnknownFailure = -1;
inline constexpr int kTimedOut = -2;
inline constexpr int kResultNotFound = -3;
inline constexpr int kResultNotUtf8 = -4;

/// How one command ended.
struct CommandReport {
  std::string command = {};
  int exit_code = 0;
  std::string out = {};  // Bytes.
  std::string errors = {};
  double seconds = 0;

  // Beyond the original: what a command that ran out of time had written, and who else ended it.
  bool has_partial = false;
  std::string partial_out = {};
  std::string partial_errors = {};
  bool is_truncated = false;
  bool is_out_of_memory = false;
};

struct ExecuteReport {
  int status = 0;
  std::vector<CommandReport> commands = {};
  double total_seconds = 0;
  std::optional<std::string> environment = {};
  std::chrono::system_clock::time_point expires = {};  // Of `environment`.
  std::optional<std::string> result = {};
  std::string failure = {};  // Beyond the original: why the environment was not saved.
};

/// What a run's end is to a client. `timeout_text` is the limit in seconds, as Python prints it.
CommandReport ReportOf(const std::string& command, const RunOutcome& outcome,
                       const std::string& timeout_text, double seconds);

/// A command that was given no time at all.
CommandReport TimedOutReport(const std::string& command, const std::string& timeout_text);

/// A command that was not run, by no fault of its own.
CommandReport UnknownFailureReport(const std::string& command, double seconds);

/// The document of a 200.
std::string RenderReport(const ExecuteReport& report);

/// `2026-01-31T12:00:00.000001+00:00`.
std::string IsoTime(std::chrono::system_clock::time_point time);

}  // namespace openfc::sandbox
