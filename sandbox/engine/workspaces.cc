#include "sandbox/engine/workspaces.h"

#include "sandbox/isolation/remove_tree.h"
#include "sandbox/isolation/secret_name.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace openfc::sandbox {
namespace {

/// Removes its folder, and gives its user back, when the last owner goes.
class OwnedWorkspace : public Workspace {
 public:
  OwnedWorkspace(std::string path, uid_t user, std::shared_ptr<UserPool> users)
      : path_(std::move(path)), user_(user), users_(std::move(users)) {}
  ~OwnedWorkspace() override {
    (void)RemoveTree(path_);
    users_->GiveBack(user_);
  }

  const std::string& path() const override { return path_; }
  uid_t owner() const override { return user_ != 0 ? user_ : ::getuid(); }

 private:
  const std::string path_;
  const uid_t user_;
  const std::shared_ptr<UserPool> users_;
};

}  // namespace

UserPool::UserPool(uid_t first, uid_t count) : has_users_(count > 0) {
  for (uid_t i = count; i > 0; --i) free_.push_back(first + i - 1);
}

std::optional<uid_t> UserPool::Take() {
  if (!has_users_) return 0;
  const MutexLock lock(mutex_);
  if (free_.empty()) return std::nullopt;
  const uid_t user = free_.back();
  free_.pop_back();
  return user;
}

void UserPool::GiveBack(uid_t user) {
  if (!has_users_) return;
  const MutexLock lock(mutex_);
  free_.push_back(user);
}

Expected<std::shared_ptr<Workspace>> MakeWorkspaceIn(const std::string& folder,
                                                     std::shared_ptr<UserPool> users) {
  const auto user = users->Take();
  if (!user) return Error{ErrorCode::kUnavailable, "there are as many workspaces as may be"};
  const std::string path = folder + "/" + SecretName();
  if (::mkdir(path.c_str(), 0700) != 0) {
    const int failure = errno;
    users->GiveBack(*user);
    return SystemError("cannot make a workspace", failure);
  }
  auto made = std::make_shared<OwnedWorkspace>(path, *user, std::move(users));
  if (*user != 0 && ::chown(path.c_str(), *user, *user) != 0) {
    return SystemError("cannot give a workspace to its user", errno);
  }
  return std::shared_ptr<Workspace>(std::move(made));
}

}  // namespace openfc::sandbox
