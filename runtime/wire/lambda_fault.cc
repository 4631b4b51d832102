#include "runtime/wire/lambda_fault.h"

#include "runtime/wire/error_document.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cctype>
#include <cstring>

namespace openfc::wire {
namespace {

constexpr const char* kExitError = "Runtime.ExitError";

/// A frame as Python's traceback prints it, which is how this dialect has it: its head, then, where
/// it is known, the source line.
std::string LineOf(const std::vector<std::string>& frame) {
  if (frame.empty()) return "";
  std::string text = "  " + frame.front();
  for (std::size_t i = 1; i + 1 < frame.size(); ++i) text += ", " + frame[i];
  text += "\n";
  if (frame.size() > 1 && !frame.back().empty()) text += "    " + frame.back() + "\n";
  return text;
}

std::vector<std::string> LinesOf(const Stack& stack) {
  std::vector<std::string> lines;
  lines.reserve(stack.size());
  for (const auto& frame : stack) lines.push_back(LineOf(frame));
  return lines;
}

Failure FaultOf(const char* type, std::string_view request_id, const std::string& text,
                const Stack& stack = {}) {
  const std::string message = fmt::format("RequestId: {} Error: {}", request_id, text);
  return Failure{.type = type, .document = LambdaErrorDocument(type, message, LinesOf(stack))};
}

/// `segmentation fault`: the platform's words for a signal are the C library's in small letters.
std::string SignalWords(int signal) {
  const char* description = ::sigdescr_np(signal);
  if (description == nullptr) return fmt::format("signal {}", signal);
  std::string words = description;
  std::transform(words.begin(), words.end(), words.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  return words;
}

}  // namespace

Failure LambdaTimeout(std::string_view request_id, std::chrono::milliseconds allowed,
                      const Stack& stack) {
  const double seconds = std::chrono::duration<double>(allowed).count();
  return FaultOf("Sandbox.Timedout", request_id,
                 fmt::format("Task timed out after {:.2f} seconds", seconds), stack);
}

Failure LambdaExit(std::string_view request_id, int exit_code, const Stack& stack) {
  if (exit_code == 0) {
    return FaultOf(kExitError, request_id, "Runtime exited without providing a reason", stack);
  }
  return FaultOf(kExitError, request_id,
                 fmt::format("Runtime exited with error: exit status {}", exit_code), stack);
}

Failure LambdaKill(std::string_view request_id, int signal, const Stack& stack) {
  return FaultOf(kExitError, request_id,
                 fmt::format("Runtime exited with error: signal: {}", SignalWords(signal)), stack);
}

Failure LambdaStop(std::string_view request_id, const Stack& stack) {
  return FaultOf(kExitError, request_id, "Runtime exited with error: instance stopped", stack);
}

Failure LambdaRestart(std::string_view request_id, std::string_view culprit_id, RestartCause cause,
                      const Stack& stack) {
  const char* const what = cause == RestartCause::kTimedOut ? "timed out" : "crashed";
  return FaultOf(kExitError, request_id,
                 fmt::format("Runtime exited with error: request {} {}", culprit_id, what), stack);
}

Failure LambdaOutOfMemory(std::string_view request_id) {
  return FaultOf("Runtime.OutOfMemory", request_id, "Runtime exited with error: signal: killed");
}

Failure LambdaInitFailed(int deaths, const std::string& last) {
  return Failure{
      .type = kExitError,
      .document = LambdaErrorDocument(
          kExitError, fmt::format("The runtime ended {} times in a row before it asked for work, "
                                  "at last: {}",
                                  deaths, last))};
}

}  // namespace openfc::wire
