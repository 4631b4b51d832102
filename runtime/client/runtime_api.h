#pragma once

#include "runtime/base/error.h"
#include "runtime/invoke/invocation.h"
#include "runtime/invoke/reply.h"

#include <string_view>

namespace openfc {

/// The platform, as the runtime sees it: work to fetch, answers to give.
class RuntimeApi {
 public:
  virtual ~RuntimeApi() = default;

  /// Blocks until there is an invocation. kCancelled once the instance is to stop; kProtocol when
  /// the platform refused for good (exit 70). Every other misbehaviour is outlasted inside
  /// (fc-runtime-api.md, section 9).
  virtual Expected<Invocation> Next() = 0;

  /// Answers one invocation that Next() gave; once per id. On failure the answer is lost: kProtocol
  /// when the platform refused it, kUnavailable when it could not be reached, kCancelled when
  /// rloader has taken the answer over. The caller logs and goes on.
  virtual Status Post(std::string_view request_id, Outcome outcome) = 0;

  /// Says that this runtime cannot serve at all. `failure.document` is the error JSON.
  virtual Status PostInitError(Failure failure) = 0;
};

}  // namespace openfc
