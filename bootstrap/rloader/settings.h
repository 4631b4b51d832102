#pragma once

#include "bootstrap/rloader/command_line.h"
#include "runtime/base/error.h"
#include "runtime/config/environment.h"
#include "runtime/config/http_config.h"
#include "runtime/config/mode.h"
#include "runtime/process/processors.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace openfc::bootstrap {

/// The environment of the whole instance: rloader's own, but that what the command line says takes
/// the place of its variables: the handler of _HANDLER and FC_FUNCTION_HANDLER, the port of
/// FC_CUSTOM_LISTEN_PORT, and so on.
Environment InstanceEnvironment(const CommandLine& line, Environment environment);

/// What rloader reads of its command line and environment, once.
struct Settings {
  Mode mode;                         // Of a runtime.
  HttpConfig http;                   // In the HTTP mode.
  std::vector<std::string> command;  // Supervised in a runtime's place; empty: a runtime is.
  std::string bootstrap;             // Empty: the installed one (FindRuntime).
  bool restarts = true;
  std::chrono::seconds grace{5};  // OPENFC_GRACE_SECONDS
  std::chrono::milliseconds stacks_patience{
      100};                                // OPENFC_STACKS_MS; fc-runtime-api.md, section 9.
  std::optional<std::string> cgroup;       // OPENFC_CGROUP: a directory that accounts memory.
  std::optional<std::string> pids_cgroup;  // OPENFC_PIDS_CGROUP: one that counts processes.
  std::optional<std::string> cpu_cgroup;   // OPENFC_CPU_CGROUP: one that portions time out.
  ProcessorBounds processors;  // OPENFC_PROCESSORS, OPENFC_MOST_PROCESSORS: not rloader's own.
  std::optional<std::int64_t> watch_limit_mb;  // OPENFC_WATCH_MEMORY_MB
  std::optional<std::int64_t> limit_mb;        // OPENFC_MEMORY_LIMIT_MB: how the limit is named.

  /// `environment` is the instance's.
  /// kInvalidArgument with a sentence for a mode that cannot be served, or a variable of ours that
  /// says nonsense.
  static Expected<Settings> From(const CommandLine& line, const Environment& environment);

  /// For ChildCommand::cgroup_procs_files, of what is started in the runtime's place.
  std::vector<std::string> CgroupJoinFiles() const;
};

}  // namespace openfc::bootstrap
