#include "sandbox/zygote/helper_process.h"

#include "sandbox/isolation/close_all_but.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace openfc::sandbox {

Expected<UniqueFd> ForkHelper(const char* name, const std::function<void(int socket)>& serve) {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    return SystemError("cannot make a socket pair", errno);
  }
  UniqueFd ours(ends[0]);
  const UniqueFd theirs(ends[1]);
  const pid_t helper = ::fork();
  if (helper == 0) {
    (void)::prctl(PR_SET_PDEATHSIG, SIGKILL);
    (void)::prctl(PR_SET_NAME, name);
    CloseAllBut({theirs.get(), STDERR_FILENO});
    serve(theirs.get());
    ::_exit(0);
  }
  if (helper < 0) return SystemError("cannot fork", errno);
  return ours;
}

}  // namespace openfc::sandbox
