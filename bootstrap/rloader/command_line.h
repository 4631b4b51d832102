#pragma once

#include "runtime/base/error.h"

#include <string>
#include <variant>
#include <vector>

namespace openfc::bootstrap {

/// What rloader was asked for on its command line.
struct CommandLine {
  std::string handler = {};    // The function, in place of what the environment says.
  std::string bootstrap = {};  // The runtime to start; empty: the installed one.
  bool restarts = true;        // Not: end with the runtime.
  bool wants_http = false;
  std::vector<std::string> command = {};  // A program to supervise in a runtime's place.

  // Of the HTTP mode; each empty: what the environment says.
  std::string port = {};
  std::string interface = {};
  std::string error_status = {};
};

/// A text that was asked for instead of work: --help, --version.
struct Printout {
  std::string text;
};

/// kInvalidArgument with a sentence for what is no option of ours.
Expected<std::variant<CommandLine, Printout>> ParseCommandLine(int count, const char* const* words);

}  // namespace openfc::bootstrap
