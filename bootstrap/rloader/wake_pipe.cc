#include "bootstrap/rloader/wake_pipe.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>

namespace openfc::bootstrap {
namespace {

constexpr std::chrono::milliseconds kRest{5};

}  // namespace

WakePipe::WakePipe(UniqueFd read_end, UniqueFd write_end)
    : read_end_(std::move(read_end)), write_end_(std::move(write_end)) {}

Expected<std::unique_ptr<WakePipe>> WakePipe::Create() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) {
    return SystemError("cannot make a pipe", errno);
  }
  // Not make_unique: the constructor is private.
  return std::unique_ptr<WakePipe>(new WakePipe(UniqueFd(ends[0]), UniqueFd(ends[1])));
}

std::optional<pollfd> WakePipe::Awaited() const {
  if (!rest_.HasPassed()) return std::nullopt;
  return pollfd{.fd = read_end_.get(), .events = POLLIN, .revents = 0};
}

void WakePipe::OnPolled(short events) {
  if (events == 0) return;
  std::array<char, 4096> bytes;  // What does not fit wakes us again.
  (void)!::read(read_end_.get(), bytes.data(), bytes.size());
  rest_ = Deadline::After(kRest);
}

}  // namespace openfc::bootstrap
