#include "bootstrap/drain_signal.h"

#include "runtime/page/signals.h"

#include <signal.h>

namespace openfc::bootstrap {
namespace {

// A signal handler has no other way to its objects.
const SharedPage* drain_page =
    nullptr;                           // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)
Interrupt* drain_interrupt = nullptr;  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)

void OnDrainSignal(int /*signal*/) {
  if (drain_page->IsDraining()) drain_interrupt->Trigger();
}

}  // namespace

void TriggerOnDrainSignal(const SharedPage& page, Interrupt& interrupt) {
  drain_page = &page;
  drain_interrupt = &interrupt;
  struct sigaction action {};
  action.sa_handler = OnDrainSignal;
  action.sa_flags = SA_RESTART;  // User code's system calls must not notice.
  ::sigaction(DrainSignal(), &action, nullptr);
  OnDrainSignal(DrainSignal());  // The mark may stand there since before the handler did.
}

}  // namespace openfc::bootstrap
