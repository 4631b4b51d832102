#pragma once

#include "bootstrap/rloader/settings.h"
#include "runtime/process/cgroup_directory.h"

#include <optional>
#include <string>

namespace openfc::bootstrap {

/// Keeps the tree from forking while it is killed, where a cgroup counts its processes. Elsewhere
/// one that is always another process, in a group of its own, outruns every look for it.
class ForkStop {
 public:
  explicit ForkStop(const Settings& settings);

  /// Again: without effect.
  void Begin();

  /// The next runtime may have as many processes as the last one.
  void End();

 private:
  const std::optional<CgroupDirectory> cgroup_;
  std::optional<std::string> limit_;  // What was there; nothing: not begun.
};

}  // namespace openfc::bootstrap
