#include "emulator/platform/live_log.h"

#include "runtime/base/deadline.h"

#include <limits.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>

namespace openfc::emulator {
namespace {

constexpr std::size_t kMostWaiting = 1UL << 20;
constexpr std::size_t kMostLine = 32UL * 1024;
constexpr std::chrono::milliseconds kPause{50};

bool IsWritable(int fd) {
  pollfd entry{.fd = fd, .events = POLLOUT, .revents = 0};
  return ::poll(&entry, 1, 0) == 1 && (entry.revents & POLLOUT) != 0;
}

}  // namespace

LiveLog::LiveLog(PlatformLoop& loop, int fd) : fd_(fd), again_(loop, [this] { Write(); }) {}

void LiveLog::Add(std::string_view name, const std::string& source, std::string_view bytes) {
  if (fd_ < 0) return;
  std::string& partial = partial_[source];
  while (!bytes.empty()) {
    const auto newline = bytes.find('\n');
    const bool is_whole = newline != std::string_view::npos;
    partial.append(bytes.substr(0, newline));
    bytes.remove_prefix(is_whole ? newline + 1 : bytes.size());
    if (!is_whole && partial.size() < kMostLine) break;
    AddLine(name, partial);
    partial.clear();
  }
  if (!again_.IsSet()) Write();
}

void LiveLog::End(std::string_view name, const std::string& source) {
  const auto found = partial_.find(source);
  if (found == partial_.end()) return;
  if (!found->second.empty()) AddLine(name, found->second);
  partial_.erase(found);
  if (!again_.IsSet()) Write();
}

void LiveLog::AddLine(std::string_view name, std::string_view line) {
  if (waiting_.size() > kMostWaiting) {
    ++left_out_;
    return;
  }
  if (left_out_ > 0) {
    waiting_.append("fclocal: ").append(std::to_string(left_out_)).append(" lines left out\n");
    left_out_ = 0;
  }
  if (!name.empty()) waiting_.append("[").append(name).append("] ");
  waiting_.append(line).append("\n");
}

/// Pieces that a pipe takes whole when it takes anything, so that a write does not block.
void LiveLog::Write() {
  std::string_view rest = waiting_;
  while (!rest.empty() && IsWritable(fd_)) {
    const ssize_t count = ::write(fd_, rest.data(), std::min<std::size_t>(rest.size(), PIPE_BUF));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno != EAGAIN) rest = {};  // Nobody reads: there is nobody to tell.
    if (count <= 0) break;
    rest.remove_prefix(static_cast<std::size_t>(count));
  }
  waiting_.erase(0, waiting_.size() - rest.size());
  if (!waiting_.empty()) again_.Set(Deadline::After(kPause));
}

}  // namespace openfc::emulator
