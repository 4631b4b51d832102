#pragma once

#include "runtime/base/error.h"

#include <functional>
#include <string>

namespace openfc::emulator {

/// Folders that are made once for a content and kept, below one folder. Several processes may share
/// it: a folder is there whole or not at all.
class FolderCache {
 public:
  /// `folder` is made when it is needed.
  explicit FolderCache(std::string folder) : folder_(std::move(folder)) {}

  /// Fills an empty folder, whose path it is given.
  using Fill = std::function<Status(const std::string&)>;

  /// The folder for `key`, a file name; filled by `fill` when it is not there yet. Whatever fails
  /// leaves nothing behind.
  Expected<std::string> FolderFor(const std::string& key, const Fill& fill) const;

 private:
  const std::string folder_;
};

}  // namespace openfc::emulator
