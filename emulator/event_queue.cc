#include "emulator/event_queue.h"

#include <sys/eventfd.h>

#include <cerrno>
#include <utility>

namespace openfc::emulator {

Expected<std::unique_ptr<EventQueue>> EventQueue::Make() {
  UniqueFd wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!wake.is_open()) return SystemError("cannot make an eventfd", errno);
  return std::unique_ptr<EventQueue>(new EventQueue(std::move(wake)));
}

void EventQueue::Post(InstanceEvent event) {
  MutexLock lock(mutex_);
  events_.push_back(std::move(event));
  ::eventfd_write(wake_.get(), 1);
}

std::vector<InstanceEvent> EventQueue::Take() {
  MutexLock lock(mutex_);
  eventfd_t ignored = 0;
  ::eventfd_read(wake_.get(), &ignored);
  return std::exchange(events_, {});
}

}  // namespace openfc::emulator
