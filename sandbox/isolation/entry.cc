#include "sandbox/isolation/entry.h"

#include "sandbox/isolation/file_view.h"
#include "sandbox/isolation/identity.h"
#include "sandbox/isolation/landlock.h"

#include <fcntl.h>
#include <linux/mount.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace openfc::sandbox {
namespace {

constexpr int kLowestSafe = kResultFd + 2;  // Above every number that a run has, and the report's.
constexpr int kReportFd = kResultFd + 1;

int EnterSession(const Entry& entry) {
  if (::setsid() < 0) return errno;
  if (entry.parent == 0) return 0;
  return ::prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 ? 0 : errno;
}

/// In a world of its own the parent has no number there; its death takes the world's init along.
int CheckParent(const Entry& entry) {
  if (entry.parent == 0 || entry.world >= 0 || ::getppid() == entry.parent) return 0;
  return ESRCH;
}

int JoinCgroups(const Entry& entry) {
  for (const int cgroup : entry.cgroups) {
    if (cgroup >= 0 && ::write(cgroup, "0", 1) != 1) return errno;
  }
  return 0;
}

/// The kernel's first choice when memory is short, before any server of ours.
int RaiseOomScore() {
  const int file = ::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  // Where this process may not (a hardened /proc), nothing depends on it.
  if (file < 0) return 0;
  (void)!::write(file, "1000", 4);
  ::close(file);
  return 0;
}

/// A mount of its own of the workspace, to be moved into the world.
int TakeWorkspace(const Entry& entry, int& tree) {
  if (entry.workspace < 0 || entry.world < 0) return 0;
  tree = static_cast<int>(::syscall(SYS_open_tree, entry.workspace, "",
                                    AT_EMPTY_PATH | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC));
  if (tree < 0) return errno;
  mount_attr attributes{};
  attributes.attr_set = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV;
  const long set =
      ::syscall(SYS_mount_setattr, tree, "", AT_EMPTY_PATH, &attributes, sizeof(attributes));
  return set == 0 ? 0 : errno;
}

int EnterWorld(const Entry& entry, int tree) {
  if (entry.world < 0) return 0;
  constexpr int kAll = CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS;
  if (::setns(entry.world, kAll) != 0) return errno;
  if (tree < 0) return 0;
  const long moved =
      ::syscall(SYS_move_mount, tree, "", AT_FDCWD, kViewHome, MOVE_MOUNT_F_EMPTY_PATH);
  return moved == 0 ? 0 : errno;
}

int SetDiskSize(const Entry& entry) {
  if (entry.world < 0) return 0;
  const int mounted =
      ::mount(nullptr, "/", nullptr, MS_REMOUNT | MS_NOSUID | MS_NODEV, entry.disk_options.data());
  return mounted == 0 ? 0 : errno;
}

/// Moves a descriptor above all that a run may have, so that none is overwritten before its turn.
int Raise(int& fd) {
  if (fd < 0 || fd >= kLowestSafe) return 0;
  fd = ::fcntl(fd, F_DUPFD_CLOEXEC, kLowestSafe);
  return fd < 0 ? errno : 0;
}

/// Afterwards `report` has its new number.
int SetDescriptors(const Entry& entry, int& report) {
  std::array<int, 4> wanted = entry.descriptors;
  for (int& fd : wanted) {
    if (const int failure = Raise(fd); failure != 0) return failure;
  }
  if (const int failure = Raise(report); failure != 0) return failure;
  for (int number = 0; number < static_cast<int>(wanted.size()); ++number) {
    const int fd = wanted[static_cast<std::size_t>(number)];
    if (fd >= 0 ? ::dup2(fd, number) < 0 : (::close(number) != 0 && errno != EBADF)) return errno;
  }
  if (::dup3(report, kReportFd, O_CLOEXEC) < 0) return errno;
  report = kReportFd;
  return ::syscall(SYS_close_range, static_cast<unsigned>(kReportFd) + 1, ~0U, 0U) == 0 ? 0 : errno;
}

int ChangeIdentity(const Entry& entry) {
  if (entry.user == 0) return 0;
  if (const int failure = BecomeUser(entry.user); failure != 0) return failure;
  // The kernel forgets it with the old user.
  return ::prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 ? 0 : errno;
}

int EnterLandlock(const Entry& entry) {
  return entry.landlock < 0 ? 0 : RestrictToLandlockRules(entry.landlock);
}

int EnterDirectory(const Entry& entry) {
  ::umask(0022);
  return ::chdir(entry.directory.data()) == 0 ? 0 : errno;
}

/// A fork of a process that cannot be read cannot be read either.
int BecomeReadable(const Entry& entry) {
  if (!entry.is_readable) return 0;
  return ::prctl(PR_SET_DUMPABLE, 1) == 0 ? 0 : errno;
}

int LoadFilter(const Entry& entry) { return entry.filter == nullptr ? 0 : entry.filter->Load(); }

}  // namespace

std::string_view NameOf(EntryStep step) {
  constexpr std::array<std::string_view, 16> kNames{
      "done",        "session",   "parent", "cgroup",   "oom score",  "workspace",
      "namespaces",  "disk",      "limits", "identity", "privileges", "Landlock",
      "descriptors", "directory", "filter", "exec"};
  return kNames.at(static_cast<std::size_t>(step));
}

std::optional<EntryReport> ReadReport(int reader) {
  EntryReport report;
  ssize_t size = 0;
  while ((size = ::read(reader, &report, sizeof(report))) < 0 && errno == EINTR) {
  }
  if (size != static_cast<ssize_t>(sizeof(report))) return std::nullopt;
  return report;
}

EntryReport EnterWalls(const Entry& entry, int& report) {
  int tree = -1;
  EntryReport result;
  const auto take = [&result](EntryStep step, int failure) {
    if (failure != 0) result = {.step = step, .error_number = failure};
    return failure == 0;
  };
  // Limits before the identity, since nobody else may raise a hard one; the identity before the
  // filter, which lets nobody change it; descriptors close before user code can use one.
  (void)(take(EntryStep::kSession, EnterSession(entry)) &&
         take(EntryStep::kParent, CheckParent(entry)) &&
         take(EntryStep::kCgroup, JoinCgroups(entry)) &&
         take(EntryStep::kOomScore, RaiseOomScore()) &&
         take(EntryStep::kWorkspace, TakeWorkspace(entry, tree)) &&
         take(EntryStep::kNamespaces, EnterWorld(entry, tree)) &&
         take(EntryStep::kDiskSize, SetDiskSize(entry)) &&
         take(EntryStep::kDirectory, EnterDirectory(entry)) &&
         take(EntryStep::kLimits, SetResourceLimits(entry.limits)) &&
         take(EntryStep::kIdentity, ChangeIdentity(entry)) &&
         take(EntryStep::kPrivileges, entry.has_no_walls ? 0 : ForbidNewPrivileges()) &&
         take(EntryStep::kLandlock, EnterLandlock(entry)) &&
         take(EntryStep::kPrivileges, BecomeReadable(entry)) &&
         take(EntryStep::kDescriptors, SetDescriptors(entry, report)) &&
         take(EntryStep::kFilter, LoadFilter(entry)));
  return result;
}

}  // namespace openfc::sandbox
