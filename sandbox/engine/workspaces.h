#pragma once

#include "runtime/base/mutex.h"
#include "sandbox/executor/executor.h"

#include <sys/types.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace openfc::sandbox {

/// The uids that runs and workspaces have, each lent to one at a time.
class UserPool {
 public:
  /// Without users of its own it lends 0 for ever: runs stay who the server is.
  UserPool(uid_t first, uid_t count);

  /// Nothing when all are lent.
  std::optional<uid_t> Take() EXCLUDES_LOCK(mutex_);
  void GiveBack(uid_t user) EXCLUDES_LOCK(mutex_);

 private:
  const bool has_users_;
  Mutex mutex_;
  std::vector<uid_t> free_ GUARDED_BY(mutex_);
};

/// Makes a workspace below `folder`, which nobody may list. kUnavailable when no user is left.
Expected<std::shared_ptr<Workspace>> MakeWorkspaceIn(const std::string& folder,
                                                     std::shared_ptr<UserPool> users);

}  // namespace openfc::sandbox
