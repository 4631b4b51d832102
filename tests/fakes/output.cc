#include "tests/fakes/output.h"

#include "tests/fakes/limit.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>

#include <array>
#include <cerrno>
#include <utility>

namespace openfc::testing {

Output::Output(UniqueFd out, UniqueFd err)
    : out_(std::move(out)), err_(std::move(err)), wake_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  ::fcntl(out_.get(), F_SETFL, O_NONBLOCK);
  ::fcntl(err_.get(), F_SETFL, O_NONBLOCK);
  thread_ = std::jthread([this](std::stop_token stop) { Run(std::move(stop)); });
}

Output::~Output() {
  thread_.request_stop();
  ::eventfd_write(wake_.get(), 1);
  thread_.join();
}

std::string Output::out() const { return Copy(&Texts::out); }
std::string Output::err() const { return Copy(&Texts::err); }
std::string Output::joined() const { return Copy(&Texts::joined); }

std::string Output::Copy(Text text) const {
  MutexLock lock(mutex_);
  const std::size_t round = ++asked_;
  ::eventfd_write(wake_.get(), 1);
  while (done_ < round) changed_.Wait(mutex_);
  return texts_.*text;
}

bool Output::Await(std::string_view text) const {
  const auto until = std::chrono::steady_clock::now() + kLimit;
  MutexLock lock(mutex_);
  while (texts_.joined.find(text) == std::string::npos) {
    if (!changed_.WaitUntil(mutex_, until)) return texts_.joined.find(text) != std::string::npos;
  }
  return true;
}

void Output::Run(std::stop_token stop) {
  while (!stop.stop_requested()) {
    std::array<pollfd, 3> watched = {{{.fd = wake_.get(), .events = POLLIN, .revents = 0},
                                      {.fd = out_.get(), .events = POLLIN, .revents = 0},
                                      {.fd = err_.get(), .events = POLLIN, .revents = 0}}};
    ::poll(watched.data(), watched.size(), -1);
    eventfd_t ignored = 0;
    ::eventfd_read(wake_.get(), &ignored);
    std::size_t round = 0;
    {
      MutexLock lock(mutex_);
      round = asked_;
    }
    while (ReadInto(out_, &Texts::out)) continue;
    while (ReadInto(err_, &Texts::err)) continue;
    MutexLock lock(mutex_);
    done_ = round;
    changed_.NotifyAll();
  }
}

bool Output::ReadInto(UniqueFd& from, Text text) {
  std::array<char, 65536> bytes;
  const ssize_t length = ::read(from.get(), bytes.data(), bytes.size());
  if (length < 0) return errno == EINTR;
  if (length == 0) {
    from.Reset();  // poll(2) passes over a descriptor of -1.
    return false;
  }
  MutexLock lock(mutex_);
  (texts_.*text).append(bytes.data(), static_cast<std::size_t>(length));
  texts_.joined.append(bytes.data(), static_cast<std::size_t>(length));
  changed_.NotifyAll();
  return true;
}

}  // namespace openfc::testing
