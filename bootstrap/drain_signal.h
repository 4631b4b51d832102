#pragma once

#include "runtime/client/interrupt.h"
#include "runtime/page/shared_page.h"

namespace openfc::bootstrap {

/// From here on the drain signal (page/signals.h) triggers `interrupt`, if the drain mark stands in
/// `page`: a stray signal changes nothing. Both must live until the process ends. Called again, it
/// is another interrupt that is triggered: in a forked process its own.
void TriggerOnDrainSignal(const SharedPage& page, Interrupt& interrupt);

}  // namespace openfc::bootstrap
