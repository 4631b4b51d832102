#pragma once

#include "emulator/invocation_run.h"

#include <string>
#include <string_view>

namespace openfc::emulator {

/// `RequestId: ..., [HTTP Status: ...,] Duration: ... ms, Billed Duration: ... ms, Memory Size: ...
/// MB, Max Memory Used: ... MB`, without a newline.
std::string FiguresLine(const RunReport& report);

/// The report as one JSON object and a newline:
///   requestId, ok (a result came), result (the result, or the error JSON, as text; null when there
///   is none), resultEncoding (utf-8, or base64 when the bytes are no UTF-8), errorType and
///   errorMessage (null when ok), fcErrorType (of a function's failure: UnhandledInvocationError or
///   InitializationError), log, logTruncated, durationMs, billedDurationMs, memorySizeMb,
///   maxMemoryUsedMb; httpStatus where a request was made.
std::string JsonReport(const RunReport& report);

/// 0 result, 1 the function failed (also by an HTTP status from 500), 3 the instance could not
/// start, 4 timeout, 128 + signal.
int ExitCodeOf(const RunReport& report);

std::string EncodeBase64(std::string_view bytes);

}  // namespace openfc::emulator
