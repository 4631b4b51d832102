#pragma once

#include "emulator/variables.h"
#include "runtime/base/error.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

namespace openfc::emulator {

/// What `fclocal invoke` was asked for, as it was written. An option that was not given is nothing.
struct InvokeCommandLine {
  std::optional<std::string> event;
  std::optional<std::string> event_file;  // `-`: standard input.
  std::optional<std::string> code;
  std::optional<std::string> handler;
  std::optional<std::string> config;
  std::string function;  // NAME; empty: not given.
  std::optional<std::chrono::seconds> timeout;
  std::optional<std::int64_t> memory_mb;
  Variables environment;
  std::optional<std::string> bootstrap;
  bool wants_json = false;
  bool is_quiet = false;
  bool lifts_limits = false;
};

/// A text that was asked for instead of work: --help, --version.
struct Printout {
  std::string text;
};

/// kInvalidArgument with a sentence for what cannot be meant.
Expected<std::variant<InvokeCommandLine, Printout>> ParseCommandLine(int count,
                                                                     const char* const* words);

}  // namespace openfc::emulator
