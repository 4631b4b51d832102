#include "runtime/wire/fault.h"

#include <signal.h>
#include <spdlog/fmt/fmt.h>

#include <cstring>

namespace openfc::wire {
namespace {

Failure Fault(const char* type, const std::string& message, const Stack& stack = {}) {
  return Failure{.type = type, .document = FaultDocument(type, message, stack)};
}

Failure LambdaFault(const char* type, const std::string& message) {
  return Failure{.type = type, .document = LambdaErrorDocument(type, message)};
}

std::string Figures(const ProcessEnd& end) {
  constexpr double kBytesPerMegabyte = 1024 * 1024;
  return fmt::format("(duration: {}ms, maxMemoryUsage: {:.2f}MB)", end.duration.count(),
                     static_cast<double>(end.peak_memory_bytes) / kBytesPerMegabyte);
}

std::string ExitMessage(const ProcessEnd& end, const std::string& cause) {
  return "Process exited unexpectedly before completing request " + Figures(end) + ": " + cause;
}

}  // namespace

Failure FunctionTimeout(std::int64_t timeout_s, const Stack& stack) {
  return Fault("FunctionTimeout", fmt::format("Function timed out after {} seconds", timeout_s),
               stack);
}

Failure ProcessExited(const ProcessEnd& end, int exit_code, const Stack& stack) {
  return Fault("ProcessExited", ExitMessage(end, ExitCause(exit_code)), stack);
}

Failure ProcessKilled(const ProcessEnd& end, int signal, const Stack& stack) {
  return Fault("ProcessExited", ExitMessage(end, KillCause(signal)), stack);
}

Failure ConnectionClosed(const ProcessEnd& end) {
  return Fault("ProcessExited",
               ExitMessage(end, "the server closed the connection without an answer"));
}

Failure InvocationCanceled(const ProcessEnd& end) {
  return Fault("InvocationCanceled", "Invocation canceled by client " + Figures(end));
}

Failure OutOfMemory(const ProcessEnd& end, std::int64_t limit_mb) {
  return Fault("OutOfMemory",
               ExitMessage(end, fmt::format("memory limit of {} MB reached", limit_mb)));
}

Failure InstanceStopped(const ProcessEnd& end, const Stack& stack) {
  return Fault("ProcessExited", ExitMessage(end, "instance stopped"), stack);
}

Failure InstanceRestarted(std::string_view culprit_id, RestartCause cause, const Stack& stack) {
  const char* const what = cause == RestartCause::kTimedOut ? "timed out" : "crashed";
  return Fault("InstanceRestarted",
               fmt::format("The instance was restarted: request {} {}", culprit_id, what), stack);
}

Failure ResponseTooLarge(std::size_t size, std::size_t limit, Dialect dialect) {
  if (dialect == Dialect::kAws) {
    return LambdaFault("Function.ResponseSizeTooLarge",
                       fmt::format("Response payload size ({} bytes) exceeded maximum allowed "
                                   "payload size ({} bytes).",
                                   size, limit));
  }
  return Fault("ResponseTooLarge",
               fmt::format("Response payload size {} exceeds the limit of {} bytes", size, limit));
}

Failure InitFailed(int deaths, const std::string& last) {
  return Fault(
      "ProcessExited",
      fmt::format("The runtime ended {} times in a row before it asked for work, at last: {}",
                  deaths, last));
}

Failure ResponseNotSent(std::size_t size, const std::string& cause, Dialect dialect) {
  const std::string message =
      fmt::format("The response of {} bytes could not be sent: {}", size, cause);
  if (dialect == Dialect::kAws) return LambdaFault("Runtime.ResponseNotSent", message);
  return Fault("ResponseNotSent", message);
}

Failure EventTruncated(Dialect dialect) {
  constexpr const char* kMessage = "The event's body ended before its announced length";
  if (dialect == Dialect::kAws) return LambdaFault("Runtime.EventTruncated", kMessage);
  return Fault("EventTruncated", kMessage);
}

Failure NoAnswer() {
  return Fault("NoAnswer", "The runtime let the invocation go without an answer");
}

std::string ExitCause(int exit_code) { return fmt::format("exit code {}", exit_code); }

std::string KillCause(int signal) {
  return fmt::format("killed by signal {} ({})", signal, SignalName(signal));
}

std::string SignalName(int signal) {
  if (const char* name = ::sigabbrev_np(signal)) return std::string("SIG") + name;
  if (signal >= SIGRTMIN && signal <= SIGRTMAX)
    return fmt::format("SIGRTMIN+{}", signal - SIGRTMIN);
  return fmt::format("signal {}", signal);
}

}  // namespace openfc::wire
