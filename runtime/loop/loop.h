#pragma once

#include "runtime/base/error.h"
#include "runtime/client/runtime_api.h"
#include "runtime/dispatch/dispatcher.h"

#include <cstddef>

namespace openfc {

struct LoopOptions {
  std::size_t concurrent_limit = 1;  // Invocations in flight at once; at least 1.
};

/// next -> submit -> post, until there is no next: kCancelled after a stop, kProtocol when the
/// platform refused for good. What was in flight then has been answered.
///
/// With a limit of 1 everything happens in the calling thread, and no other is started. Above it
/// there are as many threads as connections; one more is started whenever an invocation leaves
/// nobody polling, or all polls bring something at once, up to the limit, and stays: so a slow
/// invocation never delays the next poll. While functions are quick, one thread looks after all
/// connections where the language has a lock (SharedPolls). An answer that comes from another
/// thread than the handler was called in (an asynchronous one) is posted by threads kept for that.
Error RunLoop(const OpenRuntimeApi& open, Dispatcher& dispatcher, const LoopOptions& options = {});

}  // namespace openfc
