#pragma once

#include "runtime/base/unique_fd.h"
#include "tests/fakes/program.h"
#include "tests/fakes/temp_dir.h"

#include <filesystem>
#include <optional>
#include <string>

namespace openfc::soak {

struct InstanceOptions {
  std::string address;  // Of the platform.
  std::filesystem::path code;
  std::filesystem::path runs = {};  // The named pipe of HostilePlatform; empty: none.
  std::size_t window = 1;           // Invocations at once.
  std::string runtime = {};         // Instead of bootstrap: --bootstrap of rloader.
};

/// The instance under stress: rloader and what it starts. Its output goes nowhere, its log is kept.
class Instance {
 public:
  explicit Instance(const InstanceOptions& options);

  pid_t pid() const { return program_->pid(); }
  /// The process that is rloader's child now; nothing: there is none at the moment.
  std::optional<pid_t> Runtime() const;

  /// SIGTERM, and the exit code; -1 when it did not end, or by a signal.
  int Stop();

  /// The last lines of the log.
  std::string LogTail() const;

 private:
  UniqueFd null_;
  std::unique_ptr<testing::Program> program_;
};

}  // namespace openfc::soak
