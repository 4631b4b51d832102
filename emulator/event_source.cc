#include "emulator/event_source.h"

#include "emulator/invocation_run.h"
#include "runtime/base/unique_fd.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <limits>

namespace openfc::emulator {
namespace {

constexpr std::size_t kStep = 256UL * 1024;

Error Unreadable(const std::string& file, int error_number) {
  return Error{ErrorCode::kInvalidArgument,
               SystemError("the event file " + file + " cannot be read", error_number).message};
}

/// Everything up to `most` bytes and a little beyond, so that too much can be told.
Expected<std::string> ReadAll(int fd, const std::string& file, std::size_t most) {
  std::string bytes;
  std::size_t filled = 0;
  while (filled <= most) {
    bytes.resize(filled + kStep);
    const ssize_t count = ::read(fd, bytes.data() + filled, kStep);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return Unreadable(file, errno);
    if (count == 0) break;
    filled += static_cast<std::size_t>(count);
  }
  bytes.resize(filled);
  return bytes;
}

Expected<std::string> ReadFile(const std::string& file, std::size_t most) {
  if (file == "-") return ReadAll(STDIN_FILENO, "-", most);
  const UniqueFd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.is_open()) return Unreadable(file, errno);
  return ReadAll(fd.get(), file, most);
}

}  // namespace

Expected<std::string> ReadEvent(const std::optional<std::string>& text,
                                const std::optional<std::string>& file, PlatformLimits limits) {
  const bool is_limited = limits == PlatformLimits::kEnforced;
  const std::size_t most =
      is_limited ? kMostPayloadBytes : std::numeric_limits<std::size_t>::max() - 1;
  auto event = file ? ReadFile(*file, most) : Expected<std::string>(text.value_or(""));
  if (event && event->size() > most) {
    return Error{ErrorCode::kInvalidArgument,
                 "the event is larger than " + std::to_string(most) +
                     " bytes, which is all that the platform takes (--no-limits lifts this)"};
  }
  return event;
}

}  // namespace openfc::emulator
