#include "emulator/platform/start_errors.h"

#include "emulator/custom/custom_command.h"
#include "emulator/instance_end.h"
#include "runtime/wire/fault.h"

#include <cerrno>
#include <string>
#include <utility>

namespace openfc::emulator {
namespace {

constexpr std::string_view kLoaderSays = "rloader: cannot start the command: ";
constexpr int kShellSignal = 128;

PlatformError NotStarted(std::string code, std::string message) {
  return {.status = 412, .code = std::move(code), .message = std::move(message)};
}

std::string_view WithoutLineEnd(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
  return text;
}

/// The last line of a text that is not empty.
std::string_view LastLineOf(std::string_view text) {
  text = WithoutLineEnd(text);
  const auto newline = text.rfind('\n');
  return newline == std::string_view::npos ? text : text.substr(newline + 1);
}

std::string LogsOf(std::string_view log) {
  log = WithoutLineEnd(log);
  return log.empty() ? std::string() : ".\nLogs:\n" + std::string(log);
}

std::string CauseOf(const ChildEnd& end) {
  const int code = end.ShellCode();
  return code > kShellSignal ? wire::KillCause(code - kShellSignal) : wire::ExitCause(code);
}

}  // namespace

PlatformError NotReadyInTime(const FunctionDefinition& function, std::chrono::seconds start_time,
                             std::string_view log) {
  const std::string seconds = std::to_string(start_time.count()) + " seconds";
  if (!function.custom) {
    return NotStarted("FunctionNotStarted",
                      "the instance could not start: the runtime did not ask for an invocation "
                      "within " +
                          seconds);
  }
  return NotStarted("FunctionNotStarted", "Function instance health check failed on port " +
                                              std::to_string(function.custom->port) + " in " +
                                              seconds + LogsOf(log));
}

PlatformError EndedEarly(const FunctionDefinition& function, const ChildEnd& end,
                         std::string_view log) {
  const std::string_view last = LastLineOf(log);
  if (!function.custom) {
    return NotStarted("FunctionNotStarted",
                      "the instance could not start: " + ReasonOfEarlyEnd(end, std::string(last)));
  }
  const bool was_started = !last.starts_with(kLoaderSays);
  const std::string cause =
      was_started ? CauseOf(end) : std::string(last.substr(kLoaderSays.size()));
  const bool lacks_permission = !was_started && end.exit_code == EACCES;
  return NotStarted(lacks_permission ? "CAFilePermission" : "CAExited",
                    "Function instance exited unexpectedly(code " +
                        std::to_string(end.ShellCode()) + ", message: " + cause +
                        ") with start command '" + DescribeCommand(function) + "'" +
                        (was_started ? LogsOf(log) : std::string()));
}

}  // namespace openfc::emulator
