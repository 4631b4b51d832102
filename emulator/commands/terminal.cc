#include "emulator/commands/terminal.h"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace openfc::emulator {
namespace {

constexpr int kUsageExit = 2;
constexpr int kOutputExit = 74;  // EX_IOERR: there is a result, but nowhere to put it.

/// False when not everything could be written.
bool WriteAll(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0 && errno == EAGAIN) {
      pollfd room{.fd = fd, .events = POLLOUT, .revents = 0};
      ::poll(&room, 1, -1);  // A terminal or pipe that another program has made non-blocking.
      continue;
    }
    if (written < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

void Say(std::string_view text) { WriteToStderr("fclocal: " + std::string(text) + "\n"); }

void WriteToStderr(std::string_view bytes) { (void)WriteAll(STDERR_FILENO, bytes); }

int WriteOutput(std::string_view what, std::string_view bytes) {
  if (WriteAll(STDOUT_FILENO, bytes)) return 0;
  const std::string reason = std::generic_category().message(errno);
  Say(std::string(what) + " cannot be written to standard output: " + reason);
  return kOutputExit;
}

bool IsOnTerminal() { return ::isatty(STDOUT_FILENO) == 1; }

int RefuseUsage(const Error& error) {
  Say(error.message);
  return kUsageExit;
}

}  // namespace openfc::emulator
