#pragma once

#include "sandbox/executor/executor.h"

#include <sys/types.h>

#include <cstddef>
#include <memory>
#include <string>

namespace openfc::sandbox {

struct EngineOptions {
  std::string zygote_program;  // fcsandbox-zygote.
  IsolationLevel isolation;    // Verified by the caller.
  uid_t first_user = 0;        // A uid for each run and workspace (UserRange).
  uid_t user_count = 0;        // 0: runs stay who this process is.
  std::string state;           // A folder of ours, for folders of runs and workspaces.
  Limits caps;                 // The most that a request may ask for.
  std::size_t run_capacity = 16;
  std::size_t queue_capacity = 64;
  bool has_data = true;  // Keeps an interpreter with the data libraries warm as well.
};

/// The executor on zygotes: a warm interpreter for each sort of libraries, replaced when it dies.
/// One thread of its own has all that moves; events are called there.
class Engine : public Executor {
 public:
  /// Returns once the interpreters are warm. kSystem with a zygote's reason when one does not
  /// start.
  static Expected<std::unique_ptr<Engine>> Start(EngineOptions options);

  /// The zygotes' processes, for those who count memory.
  virtual std::vector<pid_t> ZygotePids() const = 0;
};

}  // namespace openfc::sandbox
