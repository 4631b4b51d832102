#pragma once

#include "runtime/base/error.h"

#include <string>
#include <vector>

namespace openfc::sandbox {

/// Where a run lives in a view of its own.
inline constexpr const char* kViewHome = "/work";

/// What of this machine's files a run may read: folders and files, by their absolute paths. Those
/// that are not there are left out.
std::vector<std::string> SystemReadPaths();
std::vector<std::string> DevicePaths();

/// A root of its own for this process, which must have a mount namespace of its own: `read_paths`
/// and the devices, nothing of them to be changed, /proc of its PID namespace, and empty /tmp,
/// /dev/shm and kViewHome that everybody may write. What is written lies in one tmpfs, the root,
/// whose size a run's entry sets. kSystem with the step that failed.
Status BuildFileView(const std::vector<std::string>& read_paths);

}  // namespace openfc::sandbox
