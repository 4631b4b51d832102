#include "sandbox/engine/zygote_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>

namespace openfc::sandbox {
namespace {

constexpr int kSocketOfZygote = 3;
constexpr std::chrono::seconds kEndPatience{4};

/// posix_spawn's settings, which want to be destroyed.
class SpawnSettings {
 public:
  SpawnSettings() {
    ::posix_spawn_file_actions_init(&actions_);
    ::posix_spawnattr_init(&attributes_);
    sigset_t none{};
    sigset_t all{};
    ::sigemptyset(&none);
    ::sigfillset(&all);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
    ::posix_spawnattr_setsigdefault(&attributes_, &all);
    // A group of its own: a terminal's Ctrl-C is the server's business.
    ::posix_spawnattr_setflags(
        &attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  }
  ~SpawnSettings() {
    ::posix_spawn_file_actions_destroy(&actions_);
    ::posix_spawnattr_destroy(&attributes_);
  }
  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;

  void Give(int socket) {
    ::posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&actions_, socket, kSocketOfZygote);
  }
  const posix_spawn_file_actions_t* actions() const { return &actions_; }
  const posix_spawnattr_t* attributes() const { return &attributes_; }

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

char* Text(const std::string& text) { return const_cast<char*>(text.c_str()); }

}  // namespace

Expected<std::unique_ptr<ZygoteProcess>> ZygoteProcess::Start(const ZygoteCommand& command) {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    return SystemError("cannot make a socket pair", errno);
  }
  UniqueFd ours(ends[0]);
  const UniqueFd theirs(ends[1]);
  SpawnSettings settings;
  settings.Give(theirs.get());
  const std::string libraries = command.libraries == Libraries::kData ? "data" : "lean";
  // No secret of the server's is in its environment, nor anything that Python would listen to.
  // Without a home of its own, matplotlib would leave a folder in /tmp at each start.
  const std::array<std::string, 6> environment{"PATH=/usr/local/bin:/usr/bin:/bin",
                                               "LANG=C.UTF-8",
                                               "OPENBLAS_NUM_THREADS=1",
                                               "OMP_NUM_THREADS=1",
                                               "MPLBACKEND=Agg",
                                               "MPLCONFIGDIR=" + command.state + "/matplotlib"};
  const std::array<char*, 5> words{Text(command.program), Text(libraries), Text(command.profile),
                                   Text(command.state), nullptr};
  const std::array<char*, 7> variables{Text(environment[0]),
                                       Text(environment[1]),
                                       Text(environment[2]),
                                       Text(environment[3]),
                                       Text(environment[4]),
                                       Text(environment[5]),
                                       nullptr};
  pid_t pid = -1;
  const int failure = ::posix_spawn(&pid, command.program.c_str(), settings.actions(),
                                    settings.attributes(), words.data(), variables.data());
  if (failure != 0) return SystemError("cannot start '" + command.program + "'", failure);
  // Not make_unique: the constructor is private.
  return std::unique_ptr<ZygoteProcess>(new ZygoteProcess(pid, std::move(ours)));
}

ZygoteProcess::~ZygoteProcess() {
  socket_.Reset();  // It ends its runs, and itself.
  const UniqueFd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
  pollfd waited{pidfd.get(), POLLIN, 0};
  const Deadline deadline = Deadline::After(kEndPatience);
  while (::poll(&waited, 1, deadline.PollTimeout()) < 0 && errno == EINTR) {
  }
  ::kill(pid_, SIGKILL);
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

}  // namespace openfc::sandbox
