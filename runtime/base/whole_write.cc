#include "runtime/base/whole_write.h"

#include <poll.h>
#include <pthread.h>
#include <unistd.h>

#include <cerrno>
#include <mutex>

namespace openfc {
namespace {

/// Not a Mutex: what holds it over a fork is beyond what its annotations can say.
std::mutex& WriteMutex() {
  static std::mutex mutex;
  return mutex;
}

/// A child gets the mutex as the thread that forked left it: taken by that thread, then let go.
[[maybe_unused]] const int forks_wait = ::pthread_atfork(
    [] { WriteMutex().lock(); }, [] { WriteMutex().unlock(); }, [] { WriteMutex().unlock(); });

void AwaitRoom(int fd) {
  pollfd watched{.fd = fd, .events = POLLOUT, .revents = 0};
  (void)::poll(&watched, 1, -1);
}

}  // namespace

int WriteWhole(int fd, std::string_view bytes) {
  const std::lock_guard lock(WriteMutex());
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

}  // namespace openfc
