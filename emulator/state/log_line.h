#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace openfc::emulator {

/// A line that an instance wrote, as it stands in the log file of its function:
/// `2026-01-31T12:00:00.000Z INSTANCE TEXT`.
struct LogLine {
  std::string_view time;  // UTC; in the order of time as text, too.
  std::string_view instance;
  std::string_view text;
};

/// Nothing for what is no such line. Borrows `line`, which has no newline.
std::optional<LogLine> ReadLogLine(std::string_view line);

/// The time as it stands there.
std::string WriteLogTime(std::chrono::system_clock::time_point time);

/// Appends the line and a newline.
void AppendLogLine(const LogLine& line, std::string& out);

}  // namespace openfc::emulator
