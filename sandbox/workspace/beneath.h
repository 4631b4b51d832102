#pragma once

#include "runtime/base/error.h"
#include "runtime/base/unique_fd.h"

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <utility>

namespace openfc::sandbox {

/// A folder that untrusted code writes to, by its descriptor. What is opened here lies below it,
/// whatever the code does meanwhile: no link is followed, no mount is crossed (openat2).
class Beneath {
 public:
  static Expected<Beneath> Open(const std::string& folder);

  int fd() const { return fd_.get(); }

  /// `path` is relative; empty: the folder itself. Not open, with errno, when it cannot be.
  UniqueFd OpenAt(const std::string& path, int flags, mode_t mode = 0) const;

  /// All of a regular file. kInvalidArgument when there is none at `path` that can be read (a
  /// link, a device, a pipe or a folder is none), kSystem when it has more than `max_bytes`.
  Expected<std::string> ReadFile(const std::string& path, std::int64_t max_bytes) const;

  /// kInvalidArgument when `path`, its links followed, leads out of the folder. What it leads to
  /// need not be there.
  Status CheckStaysInside(const std::string& path) const;

 private:
  explicit Beneath(UniqueFd fd) : fd_(std::move(fd)) {}

  UniqueFd fd_;
};

/// One step down from an open folder, as above.
UniqueFd OpenBeneath(int folder, const std::string& path, int flags, mode_t mode = 0);

}  // namespace openfc::sandbox
