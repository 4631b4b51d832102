#include "runtime/server/inline_slot.h"

#include "runtime/base/before_wait.h"
#include "runtime/server/flight.h"

#include <signal.h>

#include <utility>

namespace openfc {

void InlineSlot::Run() {
  const std::jthread stand_by = StartStandBy();
  while (true) {
    SweepIfDue();
    if (const auto call = queue_.TryPop()) {
      Serve(*call);
    } else if (queue_.IsOver()) {
      break;
    } else {
      server_.drive();
    }
  }
  helm_.End();
}

/// Its signals are all blocked: they are for the function's thread to handle.
std::jthread InlineSlot::StartStandBy() {
  sigset_t all;
  sigset_t before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  std::jthread started([this] { StandBy(); });
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return started;
}

void InlineSlot::StandBy() {
  while (helm_.Await()) {
    while (!helm_.IsWanted()) server_.drive();
    helm_.GiveBack();
  }
}

void InlineSlot::SweepIfDue() {
  const auto now = std::chrono::steady_clock::now();
  if (now < next_sweep_) return;
  next_sweep_ = now + server_.sweep_every;
  server_.sweep();
}

void InlineSlot::Serve(Call& call) {
  if (!call.flight->BeginRun(Permit(queue_))) return;
  call.flight.reset();
  helm_.Offer();
  {
    const GivesUpBeforeWait helm_too([this] { helm_.Hurry(); });
    dispatcher_.Submit(std::move(call.invocation), std::move(call.reply));
  }
  helm_.Retake();
}

}  // namespace openfc
