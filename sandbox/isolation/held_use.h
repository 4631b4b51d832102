#pragma once

#include <sys/types.h>

#include <cstdint>
#include <span>
#include <string>

namespace openfc::sandbox {

/// What processes hold that no folder shows and that is not mapped: by /proc, and so with the
/// rights of the eyes that look.
struct HeldUse {
  std::int64_t file_bytes = 0;    // Of files in the folder that have lost their names.
  std::int64_t kernel_bytes = 0;  // The most that their pipes, sockets and shared mappings hold.
  bool has_hidden = false;        // A process that cannot be looked into.
};

/// `folder` is named as the processes' mappings name it. A file that is mapped and not open counts
/// as `longest_file` where its size is not to be seen.
HeldUse MeasureHeld(std::span<const pid_t> processes, const std::string& folder,
                    std::int64_t longest_file);

}  // namespace openfc::sandbox
