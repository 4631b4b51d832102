#include "sandbox/isolation/seccomp_filter.h"

#include "runtime/base/unique_fd.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <initializer_list>
#include <memory>
#include <string>

namespace openfc::sandbox {
namespace {

static_assert(sizeof(sock_filter) == sizeof(std::uint64_t));

// futex_waitv, of Linux 5.16: what is newer was not judged, and is answered as an old kernel does.
constexpr std::uint32_t kNewestJudged = 449;
constexpr scmp_datum_t kLow32 = 0xffffffff;  // An int's part of an argument: the rest is anybody's.
constexpr int kMptcp = 262;
constexpr int kPriorityOfUser = 2;  // PRIO_USER.
constexpr int kIoPriorityOfUser = 3;

// Refused whoever asks, with EPERM.
constexpr auto kNever = std::to_array<const char*>(
    {// Other processes' memory, descriptors and registers.
     "ptrace", "process_vm_readv", "process_vm_writev", "pidfd_getfd", "kcmp", "process_madvise",
     "process_mrelease",
     // Mounts and roots.
     "mount", "umount2", "pivot_root", "chroot", "move_mount", "open_tree", "fsopen", "fsconfig",
     "fsmount", "fspick", "mount_setattr", "open_by_handle_at", "name_to_handle_at",
     // Namespaces.
     "unshare", "setns",
     // Large surfaces of the kernel that a snippet has no use for.
     "bpf", "perf_event_open", "userfaultfd", "io_uring_setup", "io_uring_enter",
     "io_uring_register", "keyctl", "add_key", "request_key", "fanotify_init", "fanotify_mark",
     "memfd_secret", "modify_ldt", "vmsplice", "lookup_dcookie", "nfsservctl", "uselib", "_sysctl",
     "ustat", "sysfs", "afs_syscall", "vserver", "tuxcall", "getpmsg", "putpmsg",
     // Memory that is pinned, or placed on nodes.
     "mlockall", "mbind", "move_pages", "migrate_pages", "set_mempolicy",
     // The machine's own state.
     "init_module", "finit_module", "delete_module", "kexec_load", "kexec_file_load", "reboot",
     "swapon", "swapoff", "iopl", "ioperm", "syslog", "vhangup", "quotactl", "quotactl_fd", "acct",
     "sethostname", "setdomainname", "settimeofday", "clock_settime", "adjtimex", "clock_adjtime",
     "landlock_add_rule"});

constexpr auto kProcessHandles = std::to_array<const char*>({"pidfd_open", "pidfd_send_signal"});
constexpr auto kIpc = std::to_array<const char*>({"shmget", "shmat", "shmctl", "shmdt", "semget",
                                                  "semop", "semctl", "msgget", "msgsnd", "msgrcv",
                                                  "msgctl", "mq_open", "semtimedop", "mq_unlink"});
constexpr auto kUserQuotas =
    std::to_array<const char*>({"inotify_init", "inotify_init1", "inotify_add_watch"});
constexpr auto kStarts = std::to_array<const char*>({"fork", "vfork", "execve", "execveat"});
constexpr auto kSessions = std::to_array<const char*>({"setsid", "setpgid"});

/// A libseccomp context that remembers its first failure.
class Filter {
 public:
  Filter() : context_(::seccomp_init(SCMP_ACT_ALLOW), &::seccomp_release) {
    if (!context_) failure_ = -ENOMEM;
    Keep(::seccomp_attr_set(context_.get(), SCMP_FLTATR_CTL_OPTIMIZE, 2));  // A binary tree.
    Keep(::seccomp_attr_set(context_.get(), SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS));
  }

  /// A name that this libseccomp does not know is none that it can let through by name either:
  /// numbers above the newest judged are refused by Prefixed().
  void Answer(std::uint32_t action, const char* name,
              std::initializer_list<scmp_arg_cmp> conditions = {}) {
    const int number = ::seccomp_syscall_resolve_name(name);
    if (number < 0) return;  // Not of this architecture.
    Keep(::seccomp_rule_add_array(context_.get(), action, number,
                                  static_cast<unsigned>(conditions.size()), conditions.begin()));
  }
  template <std::size_t count>
  void AnswerAll(std::uint32_t action, const std::array<const char*, count>& names) {
    for (const char* name : names) Answer(action, name);
  }
  void Refuse(const char* name, std::initializer_list<scmp_arg_cmp> conditions) {
    Answer(SCMP_ACT_ERRNO(EPERM), name, conditions);
  }

  int failure() const { return failure_; }
  int Export(int fd) { return ::seccomp_export_bpf(context_.get(), fd); }

 private:
  void Keep(int result) {
    if (result < 0 && failure_ == 0) failure_ = result;
  }

  std::unique_ptr<void, void (*)(void*)> context_;
  int failure_ = 0;
};

scmp_arg_cmp IsInt(unsigned argument, int value) {
  return {argument, SCMP_CMP_MASKED_EQ, kLow32, static_cast<scmp_datum_t>(value) & kLow32};
}
scmp_arg_cmp HasBits(unsigned argument, scmp_datum_t mask, scmp_datum_t bits) {
  return {argument, SCMP_CMP_MASKED_EQ, mask, bits};
}
// Holds for an int that is not zero, and for more: what has bits beside the int's is refused too.
scmp_arg_cmp IsNotZero(unsigned argument) { return {argument, SCMP_CMP_NE, 0, 0}; }

/// Only on itself: the same user's limits and priorities include the server's.
void RefuseOtherProcesses(Filter& filter) {
  for (const char* name : {"prlimit64", "sched_setaffinity", "sched_setscheduler", "sched_setparam",
                           "sched_setattr"}) {
    filter.Refuse(name, {IsNotZero(0)});
  }
  filter.Refuse("setpriority", {IsNotZero(1)});
  filter.Refuse("setpriority", {IsInt(0, kPriorityOfUser)});
  filter.Refuse("ioprio_set", {IsNotZero(1)});
  filter.Refuse("ioprio_set", {IsInt(0, kIoPriorityOfUser)});
  // Signals by way of a descriptor: F_SETOWN, F_SETOWN_EX; F_NOTIFY.
  for (const int command : {F_SETOWN, 15, 1026}) filter.Refuse("fcntl", {IsInt(1, command)});
}

void RefuseDevices(Filter& filter) {
  for (const scmp_datum_t kind : std::initializer_list<scmp_datum_t>{S_IFCHR, S_IFBLK}) {
    filter.Refuse("mknod", {HasBits(1, S_IFMT, kind)});
    filter.Refuse("mknodat", {HasBits(2, S_IFMT, kind)});
  }
  constexpr int kTiocLinux = 0x541C;
  for (const int request : {TIOCSTI, kTiocLinux}) filter.Refuse("ioctl", {IsInt(1, request)});
  // 0xffffffff asks and changes nothing.
  filter.Refuse("personality", {scmp_arg_cmp{0, SCMP_CMP_NE, kLow32, 0}});
}

void AddSockets(Filter& filter, SocketRule rule) {
  if (rule == SocketRule::kNone) {
    filter.Refuse("socket", {});
    // A descriptor on its way is nobody's, and what it holds is not to be found.
    for (const char* name : {"sendmsg", "sendmmsg"}) filter.Refuse(name, {});
    return;
  }
  // AF_UNIX, AF_INET and AF_INET6 (1, 2, 10): AF_ALG, AF_VSOCK and others know no namespace.
  filter.Refuse("socket", {scmp_arg_cmp{0, SCMP_CMP_GT, AF_INET6, 0}});
  for (int domain = AF_INET + 1; domain < AF_INET6; ++domain) {
    filter.Refuse("socket", {IsInt(0, domain)});
  }
  constexpr scmp_datum_t kTypeMask = 0xf;
  for (const scmp_datum_t type :
       std::initializer_list<scmp_datum_t>{SOCK_RAW, SOCK_RDM, SOCK_SEQPACKET + 1, SOCK_PACKET}) {
    filter.Refuse("socket", {HasBits(1, kTypeMask, type)});
  }
  filter.Refuse("socket", {IsInt(2, kMptcp)});
}

void AddProcesses(Filter& filter, const FilterRules& rules) {
  // glibc falls back to clone, whose flags a filter can see.
  filter.Answer(SCMP_ACT_ERRNO(ENOSYS), "clone3");
  for (const auto flag :
       std::initializer_list<scmp_datum_t>{CLONE_NEWNS, CLONE_NEWCGROUP, CLONE_NEWUTS, CLONE_NEWIPC,
                                           CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET}) {
    filter.Refuse("clone", {HasBits(0, flag, flag)});
  }
  if (!rules.may_fork) {
    filter.Refuse("clone", {HasBits(0, CLONE_THREAD, 0)});
    filter.AnswerAll(SCMP_ACT_ERRNO(EPERM), kStarts);
  }
  // Threads share their descriptors, so that a process shows all that it has.
  filter.Refuse("clone", {HasBits(0, CLONE_THREAD | CLONE_FILES, CLONE_THREAD)});
  filter.Refuse("close_range", {HasBits(2, CLOSE_RANGE_UNSHARE, CLOSE_RANGE_UNSHARE)});
  if (rules.stays_readable) {
    filter.Answer(SCMP_ACT_ERRNO(0), "prctl", {IsInt(0, PR_SET_DUMPABLE)});
  }
  if (rules.pretends_sessions) filter.AnswerAll(SCMP_ACT_ERRNO(0), kSessions);
}

/// What no process maps is not seen: files in memory, the rest of a shared mapping, what waits in
/// pipes and sockets. There is none of the first, and little of each of the others; of a file's
/// pages a pipe would keep as many as the kernel keeps together, a megabyte for a byte.
void KeepMemoryVisible(Filter& filter) {
  filter.Answer(SCMP_ACT_ERRNO(ENOSYS), "memfd_create");
  // Programs copy by themselves where these are not to be had, and ask for that by this number.
  for (const char* name : {"splice", "tee", "sendfile"}) {
    filter.Answer(SCMP_ACT_ERRNO(EINVAL), name);
  }
  constexpr scmp_datum_t kShared = MAP_SHARED | MAP_ANONYMOUS;
  filter.Answer(SCMP_ACT_ERRNO(ENOMEM), "mmap",
                {scmp_arg_cmp{1, SCMP_CMP_GT, kLongestSharedMapping, 0},
                 HasBits(3, MAP_TYPE | MAP_ANONYMOUS, kShared)});
  filter.Refuse("fcntl", {IsInt(1, F_SETPIPE_SZ)});
  // A wish that the kernel, too, grants as far as it likes.
  for (const int option : {SO_SNDBUF, SO_SNDBUFFORCE}) {
    filter.Answer(SCMP_ACT_ERRNO(0), "setsockopt", {IsInt(1, SOL_SOCKET), IsInt(2, option)});
  }
}

Error CannotBuild(int failure) { return SystemError("libseccomp cannot build a filter", -failure); }

/// The exported program with a check in front: numbers that nobody has judged are unknown, x32's
/// among them. The jumps behind are relative, so that a prefix is harmless to them.
std::vector<std::uint64_t> Prefixed(const std::vector<std::uint64_t>& exported) {
  const std::array<sock_filter, 3> prefix{
      {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
       BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, kNewestJudged, 0, 1),
       BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS)}};
  std::vector<std::uint64_t> all(prefix.size());
  std::memcpy(all.data(), prefix.data(), sizeof(prefix));
  all.insert(all.end(), exported.begin(), exported.end());
  return all;
}

Expected<SeccompProgram> Export(Filter& filter) {
  const UniqueFd file(::memfd_create("filter", MFD_CLOEXEC));
  if (!file.is_open()) return SystemError("cannot make a file in memory", errno);
  if (const int failure = filter.Export(file.get()); failure < 0) return CannotBuild(failure);
  const off_t bytes = ::lseek(file.get(), 0, SEEK_END);
  std::vector<std::uint64_t> exported(static_cast<std::size_t>(bytes) / sizeof(sock_filter));
  if (::pread(file.get(), exported.data(), static_cast<std::size_t>(bytes), 0) != bytes) {
    return SystemError("cannot read the filter back", errno);
  }
  return SeccompProgram(Prefixed(exported));
}

}  // namespace

int SeccompProgram::Load() const {
  // The kernel takes a pointer to non-const, and only reads.
  const sock_fprog program{
      static_cast<unsigned short>(instructions_.size()),
      reinterpret_cast<sock_filter*>(const_cast<std::uint64_t*>(instructions_.data()))};
  return ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0 ? 0 : errno;
}

Expected<SeccompProgram> BuildFilter(const FilterRules& rules) {
  constexpr std::uint32_t kRefuse = SCMP_ACT_ERRNO(EPERM);
  Filter filter;
  filter.AnswerAll(kRefuse, kNever);
  if (!rules.has_own_processes) filter.AnswerAll(kRefuse, kProcessHandles);
  if (!rules.has_own_ipc) filter.AnswerAll(kRefuse, kIpc);
  if (!rules.has_own_user) filter.AnswerAll(kRefuse, kUserQuotas);
  RefuseOtherProcesses(filter);
  RefuseDevices(filter);
  AddProcesses(filter, rules);
  AddSockets(filter, rules.sockets);
  if (rules.is_watched) KeepMemoryVisible(filter);
  if (filter.failure() != 0) return CannotBuild(filter.failure());
  return Export(filter);
}

}  // namespace openfc::sandbox
