#include "runtime/client/interrupt.h"

#include "runtime/base/deadline.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <cerrno>
#include <system_error>

namespace openfc {

Interrupt::Interrupt() : event_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (!event_.is_open()) throw std::system_error(errno, std::generic_category(), "eventfd");
}

void Interrupt::Trigger() noexcept {
  const int saved_errno = errno;
  is_triggered_.store(true);
  (void)::eventfd_write(event_.get(), 1);
  if (const int socket = socket_.load(); socket >= 0) ::shutdown(socket, SHUT_RDWR);
  errno = saved_errno;
}

bool Interrupt::Pause(std::chrono::milliseconds length) {
  const Deadline until = Deadline::After(length);
  while (!is_triggered()) {
    pollfd waiting{.fd = event_.get(), .events = POLLIN, .revents = 0};
    const int ready = ::poll(&waiting, 1, until.PollTimeout());
    if (ready == 0) return true;
    if (ready < 0 && errno != EINTR) return true;
  }
  return false;
}

void Interrupt::Watch(int socket) noexcept {
  socket_.store(socket);
  if (socket >= 0 && is_triggered()) ::shutdown(socket, SHUT_RDWR);
}

}  // namespace openfc
