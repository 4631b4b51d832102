#include "runtime/process/stop_signals.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>

namespace openfc {
namespace {

constexpr std::array<int, 3> kStops{SIGINT, SIGTERM, SIGHUP};

bool IsIgnored(int signal) {
  struct sigaction action {};
  return ::sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

}  // namespace

Expected<std::unique_ptr<StopSignals>> StopSignals::Hold() {
  sigset_t held;
  ::sigemptyset(&held);
  for (const int signal : kStops) {
    if (!IsIgnored(signal)) ::sigaddset(&held, signal);
  }
  sigset_t before;
  ::pthread_sigmask(SIG_BLOCK, &held, &before);
  std::unique_ptr<StopSignals> signals(new StopSignals(before, held));
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

void StopSignals::Dismiss() {
  for (const int signal : kStops) {
    if (::sigismember(&held_, signal) == 1) {
      (void)::signal(signal, SIG_IGN);  // Those that wait are gone.
    }
  }
}

EndMark::EndMark() : fd_(::eventfd(0, EFD_CLOEXEC)) {}

std::function<void()> EndMark::Teller() const {
  return [fd = fd_.get()] {
    const std::uint64_t one = 1;
    (void)!::write(fd, &one, sizeof(one));
  };
}

void AwaitEnd(StopSignals& signals, const EndMark& end, const std::function<OnStop(int)>& stop) {
  OnStop next = OnStop::kAwaitEnd;
  while (next == OnStop::kAwaitEnd) {
    std::array<pollfd, 2> entries = {{{.fd = signals.fd(), .events = POLLIN, .revents = 0},
                                      {.fd = end.fd(), .events = POLLIN, .revents = 0}}};
    ::poll(entries.data(), entries.size(), -1);
    if (entries[1].revents != 0) break;
    if (const auto signal = signals.Read()) next = stop(*signal);
  }
  signals.Dismiss();
}

}  // namespace openfc
