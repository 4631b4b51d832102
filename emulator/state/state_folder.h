#pragma once

#include "emulator/state/running_state.h"
#include "runtime/base/error.h"
#include "runtime/base/unique_fd.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace openfc::emulator {

/// The folder in which one running fclocal keeps what outlasts a request: where it is, its
/// functions' logs, its queue. Owned by one process at a time; git does not see it.
class StateFolder {
 public:
  /// Makes the folder where it is not there. kUnavailable with a sentence when another fclocal
  /// serves with it; what a dead one has left of itself is gone.
  static Expected<std::unique_ptr<StateFolder>> Take(const std::string& path);

  /// Nobody is told of us any more.
  ~StateFolder();
  StateFolder(const StateFolder&) = delete;
  StateFolder& operator=(const StateFolder&) = delete;

  const std::string& path() const { return path_; }

  /// Tells others where we are, all at once, and them alone who may read our files.
  Status Publish(const RunningState& state) const;

 private:
  StateFolder(std::string path, UniqueFd lock) : path_(std::move(path)), lock_(std::move(lock)) {}

  const std::string path_;
  const UniqueFd lock_;
};

/// The name of a state folder.
inline constexpr const char* kStateFolderName = ".fclocal";

/// The folder that a fclocal uses which serves `source` (absolute): beside a file, in a folder.
std::string StateFolderFor(const std::string& source);

/// The nearest state folder in `folder` (absolute) or above it; nothing where there is none.
std::optional<std::string> FindStateFolder(const std::string& folder);

/// A new token, which nobody can guess.
std::string MakeToken();

}  // namespace openfc::emulator
