#pragma once

#include "emulator/commands/debug_options.h"
#include "emulator/commands/parser.h"
#include "emulator/function_definition.h"
#include "emulator/variables.h"
#include "runtime/base/error.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace openfc::emulator {

/// What `fclocal start` was asked for, as it was written. An option that was not given is nothing.
struct StartCommandLine {
  std::optional<std::string> config;
  std::optional<std::string> code;
  std::optional<std::string> handler;
  std::optional<std::string> bootstrap;
  std::optional<std::string> state_dir;
  std::optional<std::string> auth;       // ID:SECRET
  std::optional<std::string> auth_file;  // A file with it.
  std::string address = "127.0.0.1";
  std::uint16_t port = 8080;
  std::vector<std::string> allowed_hosts;
  std::size_t max_instances = 10;
  std::size_t max_waiting = 1000;
  std::optional<int> concurrency;
  std::optional<double> cpu;
  std::chrono::milliseconds freeze_after{500};
  std::chrono::seconds stop_after{600};
  std::chrono::seconds start_time{120};
  bool reloads_code = true;
  DebugOptions debug;
  bool is_quiet = false;
  bool lifts_limits = false;
};

/// Declares the options of `fclocal start`. What is returned reads them, once they are parsed and
/// while `app` lives: kInvalidArgument with a sentence for what cannot be meant.
std::function<Expected<StartCommandLine>()> DeclareStartOptions(CLI::App& app);

}  // namespace openfc::emulator
