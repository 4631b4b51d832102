#pragma once

#include "emulator/platform/async_door.h"
#include "emulator/platform/call.h"
#include "emulator/platform/function_table.h"
#include "emulator/platform/signature_guard.h"
#include "runtime/http/request.h"
#include "runtime/http/responder.h"

#include <optional>
#include <string>
#include <string_view>

namespace openfc::emulator {

/// The HTTP triggers of functions (fc-platform.md, section 2), on the platform's thread:
///
///   /2016-08-15/proxy/S/F/...     a function of FC 2, as its system domain has it
///   /proxy/F/...                  a function of FC 3
///   http://F.localhost:PORT/...   the same, as its default domain has it
///
/// A built-in runtime of FC 3 gets the event of an HTTP trigger, and its result is read as an
/// answer; one of FC 2 is called as an HTTP function. A trigger whose authType is `function` takes
/// signed requests only. The event of a trigger may wait in the queue, `x-fc-invocation-type:
/// Async`; what is no event may not.
class HttpTriggers {
 public:
  /// Functions and signatures outlive it.
  HttpTriggers(const FunctionTable& functions, const SignatureGuard& signatures, AsyncDoor async)
      : functions_(functions), signatures_(signatures), async_(async) {}

  /// Whether this request is for a trigger, by its path or its host.
  static bool Serves(const http::Request& request);

  void Serve(http::Request request, http::Responder responder);

  /// Where a person reaches the trigger of a function: its path.
  static std::string PathOf(const FunctionDefinition& function);

 private:
  std::optional<PlatformError> CheckRequest(const FunctionPool& pool,
                                            const http::Request& request) const;

  const FunctionTable& functions_;
  const SignatureGuard& signatures_;
  const AsyncDoor async_;
};

}  // namespace openfc::emulator
