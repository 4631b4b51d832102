#pragma once

#include "runtime/invoke/reply.h"
#include "runtime/wire/fault.h"

#include <chrono>
#include <string>
#include <string_view>

/// What rloader answers for a runtime that cannot, in AWS's dialect: the names and texts of AWS's
/// own platform where it has them (fc-runtime-api.md, sections 8 and 9). `stack`, where the
/// invocation stood, becomes a list of strings as Python's traceback has them.
namespace openfc::wire {

/// Sandbox.Timedout: `RequestId: ID Error: Task timed out after 3.00 seconds`
Failure LambdaTimeout(std::string_view request_id, std::chrono::milliseconds allowed,
                      const Stack& stack = {});

/// Runtime.ExitError: `RequestId: ID Error: Runtime exited with error: exit status 3`
Failure LambdaExit(std::string_view request_id, int exit_code, const Stack& stack = {});
/// The same: `signal: segmentation fault`
Failure LambdaKill(std::string_view request_id, int signal, const Stack& stack = {});
/// The same, for an instance that was stopped.
Failure LambdaStop(std::string_view request_id, const Stack& stack = {});

/// The same, for what was in the process with `culprit_id`, which took it down: `request ID
/// crashed`
Failure LambdaRestart(std::string_view request_id, std::string_view culprit_id, RestartCause cause,
                      const Stack& stack = {});

/// Runtime.OutOfMemory
Failure LambdaOutOfMemory(std::string_view request_id);

/// For init/error, as InitFailed().
Failure LambdaInitFailed(int deaths, const std::string& last);

}  // namespace openfc::wire
