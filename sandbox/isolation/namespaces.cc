#include "sandbox/isolation/namespaces.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

namespace openfc::sandbox {

Expected<std::unique_ptr<NamespaceWorld>> NamespaceWorld::Make(
    const std::vector<std::string>& read_paths, const InitForker& fork_init) {
  UniqueFd own_pids(::open("/proc/self/ns/pid", O_RDONLY | O_CLOEXEC));
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    return SystemError("cannot make a socket pair", errno);
  }
  UniqueFd ours(ends[0]);
  const UniqueFd theirs(ends[1]);
  const auto init = fork_init(read_paths, theirs.get());
  if (!init) return init.error();
  UniqueFd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, *init, 0)));
  // Not make_unique: the constructor is private.
  return std::unique_ptr<NamespaceWorld>(
      new NamespaceWorld(*init, std::move(pidfd), std::move(own_pids), std::move(ours)));
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
