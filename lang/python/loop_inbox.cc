#include "lang/python/loop_inbox.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace openfc::python {

Expected<std::shared_ptr<LoopInbox>> LoopInbox::Make() {
  UniqueFd event(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!event.is_open()) return SystemError("cannot make an event descriptor", errno);
  return std::make_shared<LoopInbox>(std::move(event));
}

void LoopInbox::Put(IncomingRequest request) {
  bool is_first = false;
  {
    const MutexLock lock(mutex_);
    if (is_closed_) return;
    content_.requests.push_back(std::move(request));
    is_first = !std::exchange(is_rung_, true);
  }
  if (is_first) Ring();
}

void LoopInbox::Wake(std::uint64_t ticket) {
  bool is_first = false;
  {
    const MutexLock lock(mutex_);
    if (is_closed_) return;
    content_.tickets.push_back(ticket);
    is_first = !std::exchange(is_rung_, true);
  }
  if (is_first) Ring();
}

LoopInbox::Content LoopInbox::Take() {
  std::uint64_t count = 0;
  // Before the content: what comes after this rings again.
  (void)!::read(event_.get(), &count, sizeof(count));
  const MutexLock lock(mutex_);
  is_rung_ = false;
  return std::exchange(content_, {});
}

void LoopInbox::Close() {
  Content dropped;  // Without the lock: a Reply that goes answers.
  {
    const MutexLock lock(mutex_);
    is_closed_ = true;
    dropped = std::exchange(content_, {});
  }
}

void LoopInbox::Ring() const {
  const std::uint64_t one = 1;
  (void)!::write(event_.get(), &one, sizeof(one));
}

std::function<void()> Waker(const std::shared_ptr<LoopInbox>& inbox, std::uint64_t ticket) {
  return [inbox, ticket] { inbox->Wake(ticket); };
}

}  // namespace openfc::python
