#include "sandbox/isolation/world_init.h"

#include "runtime/base/unique_fd.h"
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
#include <unistd.h>

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
/// until the owner of the world is gone.
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

Expected<pid_t> ForkInitWith(unsigned long flags, const std::vector<std::string>& read_paths,
                             int link) {
  const UniqueFd own_pids(::open("/proc/self/ns/pid", O_RDONLY | O_CLOEXEC));
  if (::unshare(CLONE_NEWPID) != 0) return SystemError("cannot make a PID namespace", errno);
  const auto init = static_cast<pid_t>(::syscall(SYS_clone, flags | SIGCHLD, 0, 0, 0, 0));
  const int failure = errno;
  if (init == 0) BeInit(link, read_paths);
  if (::setns(own_pids.get(), CLONE_NEWPID) != 0) {
    return SystemError("cannot return to the own PID namespace", errno);
  }
  if (init < 0) return SystemError("cannot fork", failure);
  return init;
}

}  // namespace

Expected<pid_t> ForkInit(const std::vector<std::string>& read_paths, int link) {
  return ForkInitWith(0, read_paths, link);
}

Expected<pid_t> ForkInitForParent(const std::vector<std::string>& read_paths, int link) {
  return ForkInitWith(CLONE_PARENT, read_paths, link);
}

}  // namespace openfc::sandbox
