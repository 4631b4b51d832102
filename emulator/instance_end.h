#pragma once

#include "runtime/invoke/reply.h"
#include "runtime/process/child.h"
#include "runtime/wire/fault.h"

#include <cstdint>
#include <string>

namespace openfc::emulator {

/// What the caller is told when the process that had its invocation has ended with `end` (rloader
/// tells of its runtime as a shell does) and nobody has answered.
Failure FailureOfEnd(const ChildEnd& end, const wire::ProcessEnd& known, bool was_out_of_memory,
                     std::int64_t memory_mb);

/// Why an instance ended before it asked for work, in a sentence: rloader says so in one line, the
/// `last` one of its log, where it knows.
std::string ReasonOfEarlyEnd(const ChildEnd& end, const std::string& last);

/// The message of an error JSON, else the document itself.
std::string MessageOf(const std::string& document);

}  // namespace openfc::emulator
