#include "runtime/server/inline_slot.h"

#include "runtime/base/before_wait.h"
#include "runtime/server/flight.h"
#include "runtime/server/stand_by.h"

#include <utility>

namespace openfc {

void InlineSlot::Run() {
  const StandBy stand_by(helm_, server_.drive);
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
