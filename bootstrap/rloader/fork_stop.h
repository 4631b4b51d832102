#pragma once

#include "bootstrap/rloader/settings.h"
#include "runtime/process/cgroup_directory.h"

#include <optional>
#include <string>

namespace openfc::bootstrap {

/// Ends the tree by the cgroup that counts its processes, where there is one: it can fork no more,
/// and who is in it is listed. Elsewhere one that is always another process, in a group of its own,
/// outruns every look for it; and a look through /proc takes long beside a thousand that compute.
class ForkStop {
 public:
  explicit ForkStop(const Settings& settings);

  /// One round of killing it, without waiting.
  void Kill();

  /// The next runtime may have as many processes as the last one.
  void End();

 private:
  const std::optional<CgroupDirectory> cgroup_;
  std::optional<std::string> limit_;  // What was there; nothing: it may fork.
};

}  // namespace openfc::bootstrap
