#include "sandbox/engine/capture.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

namespace openfc::sandbox {
namespace {

constexpr int kReadsAtOnce = 16;  // Then others have their turn: `yes` never stops.

}  // namespace

Capture::Capture(UniqueFd reader, std::int64_t max_bytes)
    : reader_(std::move(reader)), max_bytes_(static_cast<std::size_t>(max_bytes)) {
  (void)::fcntl(reader_.get(), F_SETFL, O_NONBLOCK);
}

void Capture::Read(const std::function<void(std::string_view)>& seen) {
  std::array<char, 1U << 16> part{};
  for (int i = 0; i < kReadsAtOnce && reader_.is_open(); ++i) {
    const ssize_t size = ::read(reader_.get(), part.data(), part.size());
    if (size > 0) {
      Keep({part.data(), static_cast<std::size_t>(size)}, seen);
    } else if (size == 0 || (errno != EAGAIN && errno != EINTR)) {
      reader_.Reset();
    } else if (errno == EAGAIN) {
      return;
    }
  }
}

void Capture::Keep(std::string_view part, const std::function<void(std::string_view)>& seen) {
  const std::size_t room = max_bytes_ - text_.size();
  if (part.size() > room) {
    is_truncated_ = true;
    part = part.substr(0, room);
  }
  if (part.empty()) return;
  text_ += part;
  if (seen) seen(part);
}

}  // namespace openfc::sandbox
