#pragma once

#include "runtime/base/error.h"

#include <string>
#include <vector>

namespace openfc::emulator {

/// What a lock is for: another Python, or other requirements, need another lock.
struct LockedFor {
  std::string python;        // 3.11
  std::string requirements;  // A digest.

  friend bool operator==(const LockedFor&, const LockedFor&) = default;
};

/// What was installed.
struct Lock {
  std::string text;                   // A requirements file for pip, with hashes.
  std::vector<std::string> packages;  // `alpha 1.0`, by name.
};

/// Of a report that `pip install --report` has written; `options` are lines of pip's that say where
/// packages come from. kProtocol with a sentence for a report that
/// says too little. What has no hash (a folder, a repository) stands in the text as a comment, and
/// the lock cannot be installed from.
Expected<Lock> MakeLock(const LockedFor& made_for, const std::string& options,
                        const std::string& report);

/// Whether `text` is a lock, made for this.
bool IsLockFor(const std::string& text, const LockedFor& wanted);

/// Whether it names all packages by their hashes.
bool IsComplete(const std::string& text);

}  // namespace openfc::emulator
