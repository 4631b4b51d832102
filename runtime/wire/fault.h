#pragma once

#include "runtime/base/dialect.h"
#include "runtime/invoke/reply.h"
#include "runtime/wire/error_document.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

/// The faults that the instance or the platform answers for the function: their wire names and
/// texts are made here and nowhere else (fc-runtime-api.md, section 9); what rloader says in AWS's
/// dialect, in lambda_fault.h.
namespace openfc::wire {

/// What is known of a process at its end.
struct ProcessEnd {
  std::chrono::milliseconds duration{0};  // From the invocation's start to the end.
  std::int64_t peak_memory_bytes = 0;     // 0: not known.
};

/// What another invocation did to the process that this one was in.
enum class RestartCause { kTimedOut, kCrashed };

// `stack` is where the invocation stood, if that could be had.
Failure FunctionTimeout(std::int64_t timeout_s, const Stack& stack = {});
Failure ProcessExited(const ProcessEnd& end, int exit_code, const Stack& stack = {});
Failure ProcessKilled(const ProcessEnd& end, int signal, const Stack& stack = {});

/// A web server that lives has closed its connection before its answer was complete.
Failure ConnectionClosed(const ProcessEnd& end);

/// The client went away before it was answered; nobody reads this but the log.
Failure InvocationCanceled(const ProcessEnd& end);

Failure OutOfMemory(const ProcessEnd& end, std::int64_t limit_mb);
Failure InstanceStopped(const ProcessEnd& end, const Stack& stack = {});
Failure InstanceRestarted(std::string_view culprit_id, RestartCause cause, const Stack& stack = {});
Failure ResponseTooLarge(std::size_t size, std::size_t limit, Dialect dialect = Dialect::kFc);

/// For init/error: the runtime ended `deaths` times in a row before it asked for work; `last` says
/// how it did the last time.
Failure InitFailed(int deaths, const std::string& last);

/// The response was there, but could not be sent for a reason of ours.
Failure ResponseNotSent(std::size_t size, const std::string& cause, Dialect dialect = Dialect::kFc);

/// The body of an invocation ended before its Content-Length.
Failure EventTruncated(Dialect dialect = Dialect::kFc);

/// A Reply was dropped: a fault of ours.
Failure NoAnswer();

/// `exit code 3`, `killed by signal 11 (SIGSEGV)`: how the texts above end.
std::string ExitCause(int exit_code);
std::string KillCause(int signal);

/// `SIGSEGV` for 11; `SIGRTMIN+2`; `signal 77` when it has no name.
std::string SignalName(int signal);

}  // namespace openfc::wire
