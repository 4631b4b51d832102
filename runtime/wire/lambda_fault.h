#pragma once

#include "runtime/invoke/reply.h"
#include "runtime/wire/fault.h"

#include <chrono>
#include <string>
#include <string_view>

/// What rloader answers for a runtime that cannot, in AWS's dialect: the names and texts of AWS's
/// own platform where it has them (fc-runtime-api.md, sections 8 and 9).
namespace openfc::wire {

/// Sandbox.Timedout: `RequestId: ID Error: Task timed out after 3.00 seconds`
Failure LambdaTimeout(std::string_view request_id, std::chrono::milliseconds allowed,
                      const Stack& stack = {});

/// Runtime.ExitError: `RequestId: ID Error: Runtime exited with error: exit status 3`
Failure LambdaExit(std::string_view request_id, int exit_code);
/// The same: `signal: segmentation fault`
Failure LambdaKill(std::string_view request_id, int signal);
/// The same, for an instance that was stopped.
Failure LambdaStop(std::string_view request_id, const Stack& stack = {});

/// Runtime.OutOfMemory
Failure LambdaOutOfMemory(std::string_view request_id);

/// For init/error, as InitFailed().
Failure LambdaInitFailed(int deaths, const std::string& last);

}  // namespace openfc::wire
