#pragma once

#include "runtime/base/error.h"
#include "runtime/base/unique_fd.h"

#include <string>
#include <vector>

namespace openfc::sandbox {

/// The kernel's version of Landlock; 0 where there is none.
int LandlockVersion();

/// From this version on signals and abstract sockets stay inside as well.
inline constexpr int kLandlockScopes = 6;

enum class PathUse {
  kRead,    // And execute: a tree of programs and libraries.
  kDevice,  // Read and write what is there, make nothing.
  kAll,     // The run's own folder.
};

struct PathRule {
  std::string path;  // Of a folder, and all below it, or of a file. Skipped when it is not there.
  PathUse use = PathUse::kRead;
};

/// Everything else is refused, TCP and (from kLandlockScopes on) signals to processes outside too.
/// kSystem when the kernel has no Landlock or refuses.
Expected<UniqueFd> MakeLandlockRules(const std::vector<PathRule>& rules);

/// One more, as long as nobody is held to them.
Status AddLandlockRule(const UniqueFd& rules, const PathRule& rule);

/// From here on this process, and all that it starts, is held to `rules`; it must have
/// no_new_privs. 0, or the error number. One system call: it may follow a vfork.
int RestrictToLandlockRules(int rules);

}  // namespace openfc::sandbox
