#pragma once

#include "runtime/invoke/handler.h"

namespace openfc {

/// The fence around user code: calls `handler`; nothing that it throws gets past this function. The
/// exception is logged (its text is ours: a language turns the exceptions of user code into a
/// Failure itself), and the Reply, which unwinding destroyed, has answered.
void CallHandler(Handler& handler, Invocation&& invocation, Reply reply) noexcept;

}  // namespace openfc
