#pragma once

#include "runtime/base/error.h"
#include "runtime/invoke/handler.h"
#include "runtime/invoke/reply.h"

#include <memory>
#include <optional>
#include <string>
#include <variant>

namespace openfc::python {

struct AwsOptions {
  std::string handler;         // `module.function`: one instance serves one.
  bool log_is_json = false;    // Else text.
  std::string log_level;       // The root logger's; empty or unknown: as Python has it.
  std::optional<int> log_fd;   // Borrowed: log records go there, framed. Else to standard output.
  bool keeps_unicode = false;  // JSON out is UTF-8, not ASCII with escapes.
};

/// A function that was imported, or the error document that says why it was not.
using AwsFunction = std::variant<std::unique_ptr<Handler>, Failure>;

/// Imports a Python function of AWS's dialect, now, and runs it: what the package awslambdaric
/// does, with the same documents and log lines (fc-runtime-api.md, section 8).
/// kSystem: our own modules cannot be loaded.
///
/// Needs a running Interpreter, which must outlive the handler; Handle() is called in the thread
/// that started it. An exception that is no Exception (SystemExit), at import as later, ends the
/// process as it would end plain Python, unanswered: rloader answers. A process that user code
/// forked never gets out of Handle().
Expected<AwsFunction> MakeAwsHandler(const AwsOptions& options);

}  // namespace openfc::python
