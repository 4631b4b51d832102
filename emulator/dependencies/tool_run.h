#pragma once

#include "emulator/variables.h"
#include "runtime/base/error.h"

#include <string>
#include <vector>

namespace openfc::emulator {

/// Another program, to be run to its end.
struct ToolRun {
  std::string program;  // A path.
  std::vector<std::string> arguments = {};
  Variables environment = {};
  std::string folder = {};  // Empty: the current one.
};

/// Runs it with its standard output and standard error on our standard error, where a person
/// follows it. Gives its exit code, as a shell has it; kSystem when it could not be started.
Expected<int> RunTool(const ToolRun& run);

/// What it wrote to standard output, and its exit code.
struct ToolAnswer {
  int exit_code = 0;
  std::string output;
};

/// Runs it, and keeps to itself what it says on standard error.
Expected<ToolAnswer> AskTool(const ToolRun& run);

/// The first executable of that name along the PATH of `environment`, or itself if it is a path;
/// empty when there is none.
std::string FindTool(const std::string& name, const Variables& environment);

}  // namespace openfc::emulator
