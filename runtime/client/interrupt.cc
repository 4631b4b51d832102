#include "runtime/client/interrupt.h"

#include "runtime/base/before_wait.h"
#include "runtime/base/deadline.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <cerrno>
#include <system_error>

namespace openfc {

Interrupt::Interrupt() : event_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (!event_.is_open()) throw std::system_error(errno, std::generic_category(), "eventfd");
  for (std::atomic<int>& socket : sockets_) socket.store(kFree);
}

void Interrupt::Trigger() noexcept {
  const int saved_errno = errno;
  is_triggered_.store(true);
  (void)::eventfd_write(event_.get(), 1);
  for (const std::atomic<int>& watched : sockets_) {
    if (const int socket = watched.load(); socket >= 0) ::shutdown(socket, SHUT_RDWR);
  }
  errno = saved_errno;
}

bool Interrupt::Pause(std::chrono::milliseconds length) {
  BeforeWait();
  const Deadline until = Deadline::After(length);
  while (!is_triggered()) {
    pollfd waiting{.fd = event_.get(), .events = POLLIN, .revents = 0};
    const int ready = ::poll(&waiting, 1, until.PollTimeout());
    if (ready == 0) return true;
    if (ready < 0 && errno != EINTR) return true;
  }
  return false;
}

std::size_t Interrupt::TakePlace() noexcept {
  for (std::size_t place = 0; place < kPlaces; ++place) {
    int expected = kFree;
    if (sockets_[place].compare_exchange_strong(expected, kNoSocket)) return place;
  }
  return kPlaces;
}

Interrupt::Watch::Watch(Interrupt& interrupt)
    : interrupt_(interrupt), place_(interrupt.TakePlace()) {}

Interrupt::Watch::~Watch() {
  if (place_ < kPlaces) interrupt_.sockets_[place_].store(kFree);
}

void Interrupt::Watch::Begin(int socket) noexcept {
  if (place_ < kPlaces) interrupt_.sockets_[place_].store(socket);
  if (interrupt_.is_triggered()) ::shutdown(socket, SHUT_RDWR);
}

void Interrupt::Watch::End() noexcept {
  if (place_ < kPlaces) interrupt_.sockets_[place_].store(kNoSocket);
}

}  // namespace openfc
