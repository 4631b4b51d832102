#pragma once

#include "runtime/base/error.h"
#include "runtime/client/runtime_api.h"
#include "runtime/dispatch/dispatcher.h"

namespace openfc {

/// The life of a polling runtime: fetches an invocation, submits it with a Reply that posts the
/// answer under the id it came with, and fetches the next. Returns kCancelled when the instance is
/// to stop, kProtocol when the platform refused for good. An answer that cannot be delivered is
/// logged, and the loop goes on.
Error RunLoop(RuntimeApi& api, Dispatcher& dispatcher);

}  // namespace openfc
