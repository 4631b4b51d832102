#include "runtime/process/stop_signals.h"

#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>

namespace openfc {
namespace {

bool IsIgnored(int signal) {
  struct sigaction action {};
  return ::sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

}  // namespace

Expected<std::unique_ptr<StopSignals>> StopSignals::Hold() {
  sigset_t held;
  ::sigemptyset(&held);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    if (!IsIgnored(signal)) ::sigaddset(&held, signal);
  }
  sigset_t before;
  ::pthread_sigmask(SIG_BLOCK, &held, &before);
  std::unique_ptr<StopSignals> signals(new StopSignals(before));
  signals->fd_ = UniqueFd(::signalfd(-1, &held, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!signals->fd_.is_open()) return SystemError("cannot make a signalfd", errno);
  return signals;
}

StopSignals::~StopSignals() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

std::optional<int> StopSignals::Read() {
  signalfd_siginfo info{};
  if (::read(fd_.get(), &info, sizeof(info)) != sizeof(info)) return std::nullopt;
  return static_cast<int>(info.ssi_signo);
}

}  // namespace openfc
