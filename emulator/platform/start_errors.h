#pragma once

#include "emulator/function_definition.h"
#include "emulator/platform/call.h"
#include "runtime/process/child.h"

#include <chrono>
#include <string_view>

/// What callers are told when an instance does not start, in the platform's words where it has some
/// (fc-platform.md, 7.2). `log` is the end of what the instance said.
namespace openfc::emulator {

/// It was not ready in `start_time`.
PlatformError NotReadyInTime(const FunctionDefinition& function, std::chrono::seconds start_time,
                             std::string_view log);

/// It ended with `end` before it was ready.
PlatformError EndedEarly(const FunctionDefinition& function, const ChildEnd& end,
                         std::string_view log);

}  // namespace openfc::emulator
