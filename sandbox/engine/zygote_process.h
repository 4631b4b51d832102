#pragma once

#include "runtime/base/deadline.h"
#include "runtime/base/error.h"
#include "runtime/base/unique_fd.h"
#include "sandbox/executor/run.h"

#include <sys/types.h>

#include <memory>
#include <string>

namespace openfc::sandbox {

struct ZygoteCommand {
  std::string program;
  Libraries libraries = Libraries::kLean;
  std::string profile;
  std::string state;
};

/// A running fcsandbox-zygote. It ends by itself when this object goes, and is waited for.
class ZygoteProcess {
 public:
  /// Executed, never forked: this process may be big, and have threads.
  static Expected<std::unique_ptr<ZygoteProcess>> Start(const ZygoteCommand& command);
  ~ZygoteProcess();
  ZygoteProcess(const ZygoteProcess&) = delete;
  ZygoteProcess& operator=(const ZygoteProcess&) = delete;

  pid_t pid() const { return pid_; }
  int socket() const { return socket_.get(); }

 private:
  ZygoteProcess(pid_t pid, UniqueFd socket) : pid_(pid), socket_(std::move(socket)) {}

  const pid_t pid_;
  UniqueFd socket_;
};

}  // namespace openfc::sandbox
