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
  const MutexLock lock(mutex_);
  if (is_closed_) return;
  content_.requests.push_back(std::move(request));
  RingOnce();
}

void LoopInbox::Wake(std::uint64_t ticket) {
  const MutexLock lock(mutex_);
  if (is_closed_) return;
  content_.tickets.push_back(ticket);
  RingOnce();
}

void LoopInbox::RingBy(std::function<void()> ring) {
  const MutexLock lock(mutex_);
  ring_ = std::move(ring);
  if (std::exchange(is_rung_, false)) RingOnce();  // By the other bell.
}

bool LoopInbox::IsRung() {
  const MutexLock lock(mutex_);
  return is_rung_;
}

LoopInbox::Content LoopInbox::Take() {
  const MutexLock lock(mutex_);
  std::uint64_t count = 0;
  if (!ring_) (void)!::read(event_.get(), &count, sizeof(count));
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

void LoopInbox::RingOnce() {
  if (std::exchange(is_rung_, true)) return;
  if (ring_) return ring_();
  const std::uint64_t one = 1;
  (void)!::write(event_.get(), &one, sizeof(one));
}

std::function<void()> Waker(const std::shared_ptr<LoopInbox>& inbox, std::uint64_t ticket) {
  return [inbox, ticket] { inbox->Wake(ticket); };
}

}  // namespace openfc::python
