#pragma once

#include "emulator/function_definition.h"
#include "emulator/platform/call.h"
#include "runtime/http/request.h"
#include "runtime/http/response.h"

#include <optional>

namespace openfc::emulator {

// How much may stand before the bodies of what goes through HTTP triggers (fc-platform.md, 1.5).

/// InvalidArgument (400) for headers beyond 8 KB, and for a path and query beyond 4 KB.
std::optional<PlatformError> CheckRequestSize(const http::Request& request);

/// BadResponse (502) for what cannot be written as HTTP, and for headers beyond 8 KB.
std::optional<PlatformError> CheckAnswerHead(const http::Response& head, PlatformLimits limits);

}  // namespace openfc::emulator
