#include "runtime/process/child.h"

#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

namespace openfc {
namespace {

ChildEnd EndOf(int status, const rusage& usage) {
  constexpr std::int64_t kBytesPerKilobyte = 1024;
  return ChildEnd{.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 0,
                  .signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0,
                  .peak_memory_bytes = usage.ru_maxrss * kBytesPerKilobyte};
}

}  // namespace

Child::~Child() {
  if (end_) return;
  Signal(SIGKILL);
  (void)Await(Deadline::Never());
}

bool Child::Signal(int signal) {
  if (TryReap()) return false;
  return ::syscall(SYS_pidfd_send_signal, pidfd_.get(), signal, nullptr, 0) == 0;
}

const std::optional<ChildEnd>& Child::TryReap() {
  if (end_) return end_;
  int status = 0;
  rusage usage{};
  const pid_t reaped = ::wait4(pid_, &status, WNOHANG, &usage);
  if (reaped == pid_) end_ = EndOf(status, usage);
  // Somebody else reaped it, against the contract: at least it has ended.
  if (reaped < 0 && errno == ECHILD) end_ = ChildEnd{};
  return end_;
}

const std::optional<ChildEnd>& Child::Await(Deadline deadline) {
  while (!TryReap()) {
    pollfd entry{.fd = pidfd_.get(), .events = POLLIN, .revents = 0};
    const int ready = ::poll(&entry, 1, deadline.PollTimeout());
    if (ready == 0 && deadline.HasPassed()) return TryReap();
  }
  return end_;
}

}  // namespace openfc
