#pragma once

#include "runtime/base/error.h"
#include "runtime/base/unique_fd.h"

#include <string>
#include <string_view>

namespace openfc::emulator {

/// A file's bytes; kInvalidArgument with a sentence when it cannot be read.
Expected<std::string> ReadWhole(const std::string& path);

/// Puts a file in the place of the one that is there, as a whole or not at all.
Status ReplaceFile(const std::string& path, std::string_view bytes);

/// Holds the folder, which is made if it is not there, against others who hold it too: waits for
/// them. Released when the descriptor is closed.
Expected<UniqueFd> HoldFolder(const std::string& path);

/// A folder that is filled beside the one whose place it then takes.
class FreshFolder {
 public:
  /// An empty one in the place's parent, which is held. What earlier ones left behind when they
  /// were killed goes.
  static Expected<FreshFolder> Beside(const std::string& place);

  FreshFolder(FreshFolder&& other) noexcept;
  FreshFolder& operator=(FreshFolder&&) = delete;
  FreshFolder(const FreshFolder&) = delete;
  FreshFolder& operator=(const FreshFolder&) = delete;

  /// Removes it, unless it has taken its place.
  ~FreshFolder();

  const std::string& path() const { return path_; }

  /// In one step: who looks sees the old folder whole, or the new one. The old one is removed.
  Status TakePlace();

 private:
  FreshFolder(std::string path, std::string place)
      : path_(std::move(path)), place_(std::move(place)) {}

  std::string path_;  // Empty: nothing of it is left to remove.
  std::string place_;
};

}  // namespace openfc::emulator
