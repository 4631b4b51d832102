#pragma once

#include "emulator/commands/debug_options.h"
#include "emulator/commands/parser.h"
#include "emulator/events/sample_event.h"
#include "emulator/variables.h"
#include "runtime/base/error.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace openfc::emulator {

/// What `fclocal invoke` was asked for, as it was written. An option that was not given is nothing.
struct InvokeCommandLine {
  std::optional<std::string> event;
  std::optional<std::string> event_file;  // `-`: standard input.
  std::optional<std::string> event_type;  // A sample event, with these settings.
  std::vector<EventSetting> event_settings;
  std::optional<std::string> code;
  std::optional<std::string> handler;
  std::optional<std::string> config;
  std::string function;  // NAME; empty: not given.
  std::optional<std::chrono::seconds> timeout;
  std::optional<std::int64_t> memory_mb;
  std::optional<double> cpu;
  Variables environment;
  std::optional<std::string> bootstrap;
  DebugOptions debug;
  bool wants_json = false;
  bool is_quiet = false;
  bool lifts_limits = false;
};

/// Declares the options of `fclocal invoke`. What is returned reads them, once they are parsed and
/// while `app` lives: kInvalidArgument with a sentence for what cannot be meant.
std::function<Expected<InvokeCommandLine>()> DeclareInvokeOptions(CLI::App& app);

}  // namespace openfc::emulator
