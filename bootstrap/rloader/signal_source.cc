#include "bootstrap/rloader/signal_source.h"

#include "runtime/process/process_tree.h"

#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace openfc::bootstrap {
namespace {

sigset_t WaitingSignals() {
  sigset_t signals;
  ::sigfillset(&signals);
  for (const int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS}) {
    ::sigdelset(&signals, fault);
  }
  return signals;
}

}  // namespace

SignalMeaning MeaningOf(int signal) {
  switch (signal) {
    case SIGTERM:
    case SIGINT:
      return SignalMeaning::kStop;
    case SIGHUP:
    case SIGUSR1:
    case SIGUSR2:
    case SIGWINCH:
    case SIGCONT:
      return SignalMeaning::kForward;
    default:
      return SignalMeaning::kNothing;
  }
}

bool IsObeyed(const ReceivedSignal& signal) {
  if (signal.sender == 0) return true;
  const pid_t self = ::getpid();
  if (self == 1) return false;
  const auto ours = LivingDescendants(self);
  return std::find(ours.begin(), ours.end(), signal.sender) == ours.end();
}

void BlockSignals() {
  const sigset_t signals = WaitingSignals();
  ::sigprocmask(SIG_SETMASK, &signals, nullptr);
}

Expected<std::unique_ptr<SignalSource>> SignalSource::Open() {
  const sigset_t signals = WaitingSignals();
  UniqueFd fd(::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!fd.is_open()) return SystemError("cannot open a signalfd", errno);
  // Not make_unique: the constructor is private.
  return std::unique_ptr<SignalSource>(new SignalSource(std::move(fd)));
}

std::vector<ReceivedSignal> SignalSource::Read() {
  std::vector<ReceivedSignal> received;
  signalfd_siginfo info{};
  while (::read(fd_.get(), &info, sizeof(info)) == sizeof(info)) {
    received.push_back(
        {.number = static_cast<int>(info.ssi_signo), .sender = static_cast<pid_t>(info.ssi_pid)});
  }
  return received;
}

}  // namespace openfc::bootstrap
