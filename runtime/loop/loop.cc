#include "runtime/loop/loop.h"

#include "runtime/loop/pollers.h"

namespace openfc {

Error RunLoop(const OpenRuntimeApi& open, Dispatcher& dispatcher, const LoopOptions& options) {
  Pollers pollers(open, dispatcher, options.concurrent_limit);
  return pollers.Run();
}

}  // namespace openfc
