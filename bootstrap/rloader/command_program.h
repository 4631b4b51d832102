#pragma once

#include "runtime/base/error.h"
#include "runtime/config/environment.h"

#include <string>

namespace openfc::bootstrap {

/// Why a program cannot be executed: the errno that execve(2) has for it, or kNotExecutable, and a
/// sentence for a person.
struct ExecutionObstacle {
  int code;
  std::string reason;
};

/// An exit code for what none of the known obstacles explains, as a shell has it.
inline constexpr int kNotExecutable = 126;

/// The file that a command's first word means: itself when it has a slash, else what stands first
/// in the PATH of `environment` (without one: /usr/local/bin:/usr/bin:/bin), and the word itself
/// when nothing does.
std::string FindProgram(const std::string& word, const Environment& environment);

/// What is wrong with `program`, after a start of it has failed with `failure`.
ExecutionObstacle ExplainFailure(const std::string& program, const Error& failure);

}  // namespace openfc::bootstrap
