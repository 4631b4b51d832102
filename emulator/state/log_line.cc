#include "emulator/state/log_line.h"

#include <spdlog/fmt/fmt.h>

#include <ctime>

namespace openfc::emulator {
namespace {

constexpr std::size_t kTimeSize = std::string_view("2026-01-31T12:00:00.000Z").size();

/// The piece up to the next blank, which is taken from the front of `rest`; empty when none is
/// there.
std::string_view TakeWord(std::string_view& rest) {
  const auto blank = rest.find(' ');
  if (blank == std::string_view::npos) return {};
  const std::string_view word = rest.substr(0, blank);
  rest.remove_prefix(blank + 1);
  return word;
}

}  // namespace

std::optional<LogLine> ReadLogLine(std::string_view line) {
  const std::string_view time = TakeWord(line);
  const std::string_view instance = TakeWord(line);
  if (time.size() != kTimeSize || !time.ends_with('Z') || instance.empty()) return std::nullopt;
  return LogLine{.time = time, .instance = instance, .text = line};
}

std::string WriteLogTime(std::chrono::system_clock::time_point time) {
  const auto millis =
      std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch()).count();
  const auto seconds = static_cast<std::time_t>(millis / 1000);
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", parts.tm_year + 1900,
                     parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
                     millis % 1000);
}

void AppendLogLine(const LogLine& line, std::string& out) {
  out.append(line.time).append(" ").append(line.instance).append(" ");
  out.append(line.text).append("\n");
}

}  // namespace openfc::emulator
