#include "runtime/base/whole_write.h"

#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <mutex>

namespace openfc {
namespace {

/// Who may write now: one alone, or any number of those whose writes the kernel takes in one piece.
/// Not a Mutex: what holds it over a fork is beyond what its annotations can say.
class WriteGate {
 public:
  void EnterAlone() {
    alone_.lock();
    is_kept_.store(true);
    for (int beside = beside_.load(); beside != 0; beside = beside_.load()) beside_.wait(beside);
  }

  void LeaveAlone() {
    is_kept_.store(false);
    alone_.unlock();
  }

  /// Beside others. False: somebody wants to be alone, or is.
  bool TryEnter() {
    beside_.fetch_add(1);
    if (!is_kept_.load()) return true;
    Leave();
    return false;
  }

  void Leave() {
    if (beside_.fetch_sub(1) == 1 && is_kept_.load()) beside_.notify_all();
  }

 private:
  std::mutex alone_;
  std::atomic<bool> is_kept_{false};
  std::atomic<int> beside_{0};
};

WriteGate& Gate() {
  static WriteGate gate;
  return gate;
}

/// A child gets the gate as the thread that forked left it: entered alone, then let go.
[[maybe_unused]] const int forks_wait = ::pthread_atfork(
    [] { Gate().EnterAlone(); }, [] { Gate().LeaveAlone(); }, [] { Gate().LeaveAlone(); });

void AwaitRoom(int fd) {
  pollfd watched{.fd = fd, .events = POLLOUT, .revents = 0};
  (void)::poll(&watched, 1, -1);
}

/// Writes what it can in one go, and drops that from `bytes`.
void WriteAtOnce(int fd, std::string_view& bytes) {
  if (bytes.size() > PIPE_BUF || !Gate().TryEnter()) return;
  const ssize_t written = ::write(fd, bytes.data(), bytes.size());
  Gate().Leave();
  if (written > 0) bytes.remove_prefix(static_cast<std::size_t>(written));
}

}  // namespace

int WriteAll(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EAGAIN) {
      AwaitRoom(fd);
    } else if (errno != EINTR) {
      return errno;
    }
  }
  return 0;
}

int WriteWhole(int fd, std::string_view bytes) {
  WriteAtOnce(fd, bytes);
  if (bytes.empty()) return 0;
  Gate().EnterAlone();
  const int result = WriteAll(fd, bytes);
  Gate().LeaveAlone();
  return result;
}

}  // namespace openfc
