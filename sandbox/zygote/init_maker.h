#pragma once

#include "runtime/base/error.h"
#include "runtime/base/unique_fd.h"

#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

namespace openfc::sandbox {

/// Forks the inits of worlds for a process that grows: a small process, forked from it before. An
/// init that has nothing of an interpreter's memory is made in a tenth of the time, and, what
/// counts more, ends in a tenth: a run is over only once its init is.
class InitMaker {
 public:
  /// By a process of one thread, which is root. The maker ends with this object, or the process.
  static Expected<std::unique_ptr<InitMaker>> Start();

  /// As ForkInit() has it: the init is a child of the process that started the maker. When the
  /// maker is gone, this process forks.
  Expected<pid_t> ForkInit(const std::vector<std::string>& read_paths, int link) const;

 private:
  explicit InitMaker(UniqueFd socket) : socket_(std::move(socket)) {}

  const UniqueFd socket_;
};

}  // namespace openfc::sandbox
