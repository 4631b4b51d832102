#include "runtime/wire/lambda_fault.h"

#include "runtime/wire/error_document.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cctype>
#include <cstring>

namespace openfc::wire {
namespace {

constexpr const char* kExitError = "Runtime.ExitError";

Failure FaultOf(const char* type, std::string_view request_id, const std::string& text,
                const Stack& stack = {}) {
  const std::string message = fmt::format("RequestId: {} Error: {}", request_id, text);
  return Failure{.type = type, .document = LambdaErrorDocument(type, message, stack)};
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

Failure LambdaExit(std::string_view request_id, int exit_code) {
  if (exit_code == 0) {
    return FaultOf(kExitError, request_id, "Runtime exited without providing a reason");
  }
  return FaultOf(kExitError, request_id,
                 fmt::format("Runtime exited with error: exit status {}", exit_code));
}

Failure LambdaKill(std::string_view request_id, int signal) {
  return FaultOf(kExitError, request_id,
                 fmt::format("Runtime exited with error: signal: {}", SignalWords(signal)));
}

Failure LambdaStop(std::string_view request_id, const Stack& stack) {
  return FaultOf(kExitError, request_id, "Runtime exited with error: instance stopped", stack);
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
