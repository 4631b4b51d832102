#include "runtime/server/stand_by.h"

#include <signal.h>

#include <utility>

namespace openfc {

/// The thread's signals are all blocked: they are for the function's thread to handle.
StandBy::StandBy(Helm& helm, std::function<void()> serve) : helm_(helm), serve_(std::move(serve)) {
  sigset_t all;
  sigset_t before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  thread_ = std::jthread([this] { Run(); });
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

void StandBy::Run() {
  while (helm_.Await()) {
    while (!helm_.IsWanted()) serve_();
    helm_.GiveBack();
  }
}

}  // namespace openfc
