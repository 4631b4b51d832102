#pragma once

#include "emulator/function_definition.h"
#include "emulator/platform/async_door.h"
#include "emulator/platform/call.h"
#include "emulator/platform/function_table.h"
#include "runtime/http/request.h"
#include "runtime/http/responder.h"

#include <string>
#include <string_view>

namespace openfc::emulator {

/// The Invoke API of all three versions (fc-platform.md, 7.3 and 7.4), on the platform's thread:
///
///   POST /2016-08-15/services/S/functions/F/invocations
///   POST /2021-04-06/services/S/functions/F/invocations
///   POST /2023-03-30/functions/F/invocations
class InvokeApi {
 public:
  /// Both outlive it; `async` may be null, see AsyncDoor.
  InvokeApi(const FunctionTable& functions, AsyncSink* async, PlatformLimits limits)
      : functions_(functions), async_(async, limits) {}

  /// Whether the path is one of these.
  static bool Serves(std::string_view path);

  void Serve(http::Request request, http::Responder responder);

 private:
  void ServeCall(FunctionPool& pool, std::string qualifier, http::Request request,
                 http::Responder responder);

  const FunctionTable& functions_;
  const AsyncDoor async_;
};

/// Whether who asks by this path reads errors as FC 3 writes them; what is of neither version
/// counts as FC 3's.
bool IsFc3Path(std::string_view path);

/// A platform's error as this API writes it. FC 3 has other keys than FC 2.
http::Response PlatformErrorAnswer(const PlatformError& error, std::string_view request_id,
                                   bool is_fc3);

/// The last 4 KB of a log, as X-Fc-Log-Result has it.
std::string LogResult(std::string_view log);

/// What a call's caller is told beside the body: X-Fc-Request-Id and its like.
http::HeaderList CallHeaders(const CallResult& result, std::string_view request_id);

}  // namespace openfc::emulator
