#include "emulator/instance_log.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>

namespace openfc::emulator {
namespace {

constexpr std::size_t kPiece = 64UL * 1024;
constexpr std::size_t kMostWaiting = 1024UL * 1024;

}  // namespace

InstanceLog::InstanceLog(UniqueFd source, const InstanceLogOptions& options)
    : source_(std::move(source)), options_(options), is_live_(options.live_fd >= 0) {}

int InstanceLog::ReadingFd() const {
  return waiting_.size() - shown_ < kMostWaiting ? source_.get() : -1;
}

int InstanceLog::WritingFd() const {
  return is_live_ && shown_ < waiting_.size() ? options_.live_fd : -1;
}

void InstanceLog::Read() { ReadUpTo(kPiece); }

void InstanceLog::ReadWhatIsThere() {
  int available = 0;
  if (!source_.is_open() || ::ioctl(source_.get(), FIONREAD, &available) != 0) return;
  auto left = static_cast<std::size_t>(std::max(available, 0));
  while (left > 0) {
    const std::size_t count = ReadUpTo(left);
    if (count == 0) return;
    left -= count;
  }
}

std::size_t InstanceLog::ReadUpTo(std::size_t count) {
  std::array<char, kPiece> buffer;
  const ssize_t got = ::read(source_.get(), buffer.data(), std::min(count, buffer.size()));
  if (got > 0) {
    Take({buffer.data(), static_cast<std::size_t>(got)});
    return static_cast<std::size_t>(got);
  }
  const bool is_later = got < 0 && (errno == EAGAIN || errno == EINTR);
  if (!is_later) source_.Reset();
  return 0;
}

void InstanceLog::Take(std::string_view bytes) {
  QueueForShow(bytes);
  kept_.append(bytes);
  // Dropped in large steps, so that a long log costs no more than a copy of it.
  if (kept_.size() > 2 * options_.kept_bytes + kPiece) {
    kept_.erase(0, kept_.size() - options_.kept_bytes);
    is_cut_ = true;
  }
}

void InstanceLog::QueueForShow(std::string_view bytes) {
  if (!is_live_ || bytes.empty()) return;
  waiting_.append(bytes);
  ends_line_ = bytes.back() == '\n';
}

void InstanceLog::AddLine(std::string_view line) {
  if (!ends_line_) QueueForShow("\n");
  QueueForShow(line);
  QueueForShow("\n");
}

void InstanceLog::Show() {
  // A pipe that can be written to takes this much without waiting.
  const std::size_t count = std::min<std::size_t>(waiting_.size() - shown_, PIPE_BUF);
  const ssize_t written = ::write(options_.live_fd, waiting_.data() + shown_, count);
  if (written < 0) {
    if (errno == EAGAIN || errno == EINTR) return;
    is_live_ = false;  // Nobody reads: the log goes on unseen.
    waiting_.clear();
    shown_ = 0;
    return;
  }
  shown_ += static_cast<std::size_t>(written);
  if (shown_ == waiting_.size()) {
    waiting_.clear();
    shown_ = 0;
  } else if (shown_ > kMostWaiting) {
    waiting_.erase(0, shown_);
    shown_ = 0;
  }
}

std::string InstanceLog::LastLine() const {
  const auto last = kept_.find_last_not_of("\n\r \t");
  if (last == std::string::npos) return {};
  const auto before = kept_.rfind('\n', last);
  const std::size_t first = before == std::string::npos ? 0 : before + 1;
  return kept_.substr(first, last + 1 - first);
}

}  // namespace openfc::emulator
