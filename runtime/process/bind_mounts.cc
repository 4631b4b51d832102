#include "runtime/process/bind_mounts.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>

namespace openfc {
namespace {

// The new root is built over this folder, which every system has; what it holds is taken first.
constexpr const char* kScaffold = "/tmp";

Error Invalid(const std::string& what) { return Error{ErrorCode::kInvalidArgument, what}; }

bool IsAbsolute(const std::string& path) { return path.size() > 1 && path.front() == '/'; }

bool IsRightBelowRoot(const std::string& path) {
  return path.find('/', 1) == std::string::npos && path != "/." && path != "/..";
}

/// Folders and links below `/`; what else is there (a swap file) is not carried over.
Status ReadRoot(MountPlan& plan) {
  std::error_code error;
  for (std::filesystem::directory_iterator entry("/", error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (entry->is_symlink(error)) {
      plan.root_links.emplace_back(name, std::filesystem::read_symlink(entry->path(), error));
    } else if (entry->is_directory(error)) {
      plan.root_folders.push_back(name);
    }
  }
  if (error) return SystemError("cannot read '/'", error.value());
  return Ok();
}

// In the child: system calls only
// ------------------------------------------------------------------

bool WriteFile(const char* path, const std::string& text) {
  const int file = ::open(path, O_WRONLY | O_CLOEXEC);
  if (file < 0) return false;
  const bool is_written =
      ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  const int error_number = errno;
  ::close(file);
  errno = error_number;
  return is_written;
}

bool EnterNamespace(const MountPlan& plan) {
  if (::unshare(CLONE_NEWNS) != 0) {
    const int error_number = errno;
    if (::unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) {
      errno = error_number;  // The reason that counts; the second way is often closed.
      return false;
    }
    if (!WriteFile("/proc/self/setgroups", "deny")) return false;
    if (!WriteFile("/proc/self/uid_map", plan.user_map)) return false;
    if (!WriteFile("/proc/self/gid_map", plan.group_map)) return false;
  }
  // Nothing of what follows reaches the namespace that we came from.
  return ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
}

/// A copy of what is mounted at `path` and below, not yet anywhere; -1 when that fails.
int CloneTree(int folder, const char* path) {
  return static_cast<int>(
      ::syscall(SYS_open_tree, folder, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE));
}

/// Puts a copy in its place, and closes it.
bool Attach(int tree, int folder, const char* path) {
  const bool is_attached =
      ::syscall(SYS_move_mount, tree, "", folder, path, MOVE_MOUNT_F_EMPTY_PATH) == 0;
  const int error_number = errno;
  ::close(tree);
  errno = error_number;
  return is_attached;
}

bool FillRoot(MountPlan& plan, int root) {
  for (std::size_t i = 0; i < plan.root_folders.size(); ++i) {
    const char* name = plan.root_folders[i].c_str();
    if (::mkdirat(root, name, 0755) != 0 || !Attach(plan.trees[i], root, name)) return false;
  }
  const bool has_links =
      std::all_of(plan.root_links.begin(), plan.root_links.end(), [root](const auto& link) {
        return ::symlinkat(link.second.c_str(), root, link.first.c_str()) == 0;
      });
  return has_links &&
         std::all_of(plan.mounts.begin(), plan.mounts.end(), [root](const BindMount& mount) {
           return !IsRightBelowRoot(mount.target) ||
                  ::mkdirat(root, mount.target.c_str() + 1, 0755) == 0 || errno == EEXIST;
         });
}

bool CloneRootFolders(MountPlan& plan) {
  if (::chdir("/") != 0) return false;
  for (std::size_t i = 0; i < plan.root_folders.size(); ++i) {
    plan.trees[i] = CloneTree(AT_FDCWD, plan.root_folders[i].c_str());
    if (plan.trees[i] < 0) return false;
  }
  return true;
}

/// A root in memory that holds all that ours holds, and room for more.
bool EnterNewRoot(MountPlan& plan) {
  if (!CloneRootFolders(plan)) return false;
  if (::mount("openfc", kScaffold, "tmpfs", 0, "mode=0755") != 0) return false;
  const int root = ::open(kScaffold, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (root < 0 || !FillRoot(plan, root)) return false;
  // The old root ends up on top of the new one, and is taken away from there.
  return ::fchdir(root) == 0 && ::close(root) == 0 && ::syscall(SYS_pivot_root, ".", ".") == 0 &&
         ::umount2(".", MNT_DETACH) == 0;
}

bool CloneSource(const BindMount& mount, int& tree) {
  tree = CloneTree(AT_FDCWD, mount.source.c_str());
  if (tree < 0 || !mount.is_read_only) return tree >= 0;
  mount_attr read_only{};
  read_only.attr_set = MOUNT_ATTR_RDONLY;
  return ::syscall(SYS_mount_setattr, tree, "", AT_EMPTY_PATH | AT_RECURSIVE, &read_only,
                   sizeof(read_only)) == 0;
}

/// Sources all before targets: one mount never hides what another one shows.
bool EnterTargets(MountPlan& plan, MountFailure& failure) {
  const std::size_t first = plan.root_folders.size();
  failure.step = MountFailure::Step::kMount;
  for (std::size_t i = 0; i < plan.mounts.size(); ++i) {
    failure.index = static_cast<int>(i);
    if (!CloneSource(plan.mounts[i], plan.trees[first + i])) return false;
  }
  failure.step = MountFailure::Step::kRoot;
  if (plan.has_new_root && !EnterNewRoot(plan)) return false;
  failure.step = MountFailure::Step::kMount;
  for (std::size_t i = 0; i < plan.mounts.size(); ++i) {
    failure.index = static_cast<int>(i);
    if (!Attach(plan.trees[first + i], AT_FDCWD, plan.mounts[i].target.c_str())) return false;
  }
  return true;
}

}  // namespace

Expected<MountPlan> PlanMounts(const std::vector<BindMount>& mounts) {
  MountPlan plan;
  plan.mounts = mounts;
  for (const BindMount& mount : mounts) {
    if (!IsAbsolute(mount.source)) return Invalid("'" + mount.source + "' is no absolute path");
    if (!IsAbsolute(mount.target)) return Invalid("'" + mount.target + "' is no absolute path");
    struct stat status {};
    if (::stat(mount.source.c_str(), &status) != 0) {
      return SystemError("cannot show '" + mount.source + "'", errno);
    }
    if (::stat(mount.target.c_str(), &status) == 0) continue;
    if (!IsRightBelowRoot(mount.target)) {
      return SystemError("cannot show '" + mount.source + "' at '" + mount.target + "'", errno);
    }
    plan.has_new_root = true;
  }
  if (plan.has_new_root) {
    if (const Status read = ReadRoot(plan); !read) return read.error();
  }
  plan.trees.assign(plan.root_folders.size() + mounts.size(), -1);
  const auto same = [](unsigned id) {
    return std::to_string(id) + " " + std::to_string(id) + " 1";
  };
  std::error_code error;
  plan.working_directory = std::filesystem::current_path(error).string();
  if (error) return SystemError("cannot tell the working directory", error.value());
  plan.user_map = same(::geteuid());
  plan.group_map = same(::getegid());
  return plan;
}

bool EnterMounts(MountPlan& plan, MountFailure& failure) {
  failure.step = MountFailure::Step::kNamespace;
  return EnterNamespace(plan) && EnterTargets(plan, failure) &&
         ::chdir(plan.working_directory.c_str()) == 0;
}

std::string Describe(const MountPlan& plan, const MountFailure& failure) {
  switch (failure.step) {
    case MountFailure::Step::kNamespace:
      return "cannot make a mount namespace";
    case MountFailure::Step::kRoot:
      return "cannot build a root folder for it";
    case MountFailure::Step::kMount:
      break;
  }
  const BindMount& mount = plan.mounts[static_cast<std::size_t>(failure.index)];
  return "cannot show '" + mount.source + "' at '" + mount.target + "'";
}

}  // namespace openfc
