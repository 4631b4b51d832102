#include "sandbox/isolation/namespaces.h"

#include "sandbox/isolation/close_all_but.h"
#include "sandbox/isolation/file_view.h"
#include "sandbox/isolation/identity.h"

#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>

namespace openfc::sandbox {
namespace {

constexpr int kOwnNamespaces = CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS;

/// A loopback that leads nowhere else: programs talk to themselves by it.
void RaiseLoopback() {
  const UniqueFd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  ifreq request{};
  std::strncpy(request.ifr_name, "lo", IFNAMSIZ - 1);
  if (::ioctl(socket.get(), SIOCGIFFLAGS, &request) != 0) return;
  request.ifr_flags = static_cast<short>(request.ifr_flags | IFF_UP);
  (void)::ioctl(socket.get(), SIOCSIFFLAGS, &request);
}

Status BuildWorld(const std::vector<std::string>& read_paths) {
  if (::unshare(kOwnNamespaces) != 0) return SystemError("cannot make namespaces", errno);
  constexpr std::string_view kName = "sandbox";
  (void)::sethostname(kName.data(), kName.size());
  RaiseLoopback();
  if (Status built = BuildFileView(read_paths); !built) return built;
  const int dropped = DropCapabilities();
  return dropped == 0 ? Ok() : SystemError("cannot drop capabilities", dropped);
}

/// PID 1 of the world. Says one byte when all is well, a sentence when it is not, and then waits
/// for the end of its maker.
[[noreturn]] void BeInit(int link, const std::vector<std::string>& read_paths) {
  (void)::prctl(PR_SET_PDEATHSIG, SIGKILL);
  (void)::prctl(PR_SET_NAME, "sandbox-init");
  (void)::signal(SIGCHLD, SIG_IGN);  // Orphans are reaped by the kernel.
  CloseAllBut({link});
  ::umask(0022);
  const Status built = BuildWorld(read_paths);
  const std::string answer = built ? std::string(1, '\0') : built.error().message;
  (void)::send(link, answer.data(), answer.size(), MSG_NOSIGNAL);
  char byte = 0;
  while (built && (::recv(link, &byte, 1, 0) > 0 || errno == EINTR)) {
  }
  ::_exit(0);
}

}  // namespace

Expected<std::unique_ptr<NamespaceWorld>> NamespaceWorld::Make(
    const std::vector<std::string>& read_paths) {
  UniqueFd own_pids(::open("/proc/self/ns/pid", O_RDONLY | O_CLOEXEC));
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    return SystemError("cannot make a socket pair", errno);
  }
  UniqueFd ours(ends[0]);
  const UniqueFd theirs(ends[1]);
  if (::unshare(CLONE_NEWPID) != 0) return SystemError("cannot make a PID namespace", errno);
  const pid_t init = ::fork();
  const int fork_error = errno;
  if (init == 0) BeInit(theirs.get(), read_paths);
  if (::setns(own_pids.get(), CLONE_NEWPID) != 0) {
    return SystemError("cannot return to the own PID namespace", errno);
  }
  if (init < 0) return SystemError("cannot fork", fork_error);
  UniqueFd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, init, 0)));
  // Not make_unique: the constructor is private.
  return std::unique_ptr<NamespaceWorld>(
      new NamespaceWorld(init, std::move(pidfd), std::move(own_pids), std::move(ours)));
}

NamespaceWorld::~NamespaceWorld() {
  if (is_gone_) return;
  Kill();
  while (::waitpid(init_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

Status NamespaceWorld::AwaitReady() {
  if (is_ready_) return Ok();
  std::array<char, 512> answer{};
  ssize_t size = 0;
  while ((size = ::recv(link_.get(), answer.data(), answer.size(), 0)) < 0 && errno == EINTR) {
  }
  is_ready_ = size == 1 && answer[0] == '\0';
  if (is_ready_) return Ok();
  if (size <= 0) return Error{ErrorCode::kSystem, "the init of a sandbox ended at once"};
  return Error{ErrorCode::kSystem, std::string(answer.data(), static_cast<std::size_t>(size))};
}

Status NamespaceWorld::BeginForking() {
  if (::setns(init_pidfd_.get(), CLONE_NEWPID) == 0) return Ok();
  return SystemError("cannot enter the sandbox's PID namespace", errno);
}

void NamespaceWorld::EndForking() { (void)::setns(own_pids_.get(), CLONE_NEWPID); }

void NamespaceWorld::Kill() const {
  if (!is_gone_) ::kill(init_, SIGKILL);
}

}  // namespace openfc::sandbox
