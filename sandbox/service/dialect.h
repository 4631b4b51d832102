#pragma once

#include "runtime/http/request.h"
#include "runtime/http/request_parser.h"
#include "runtime/http/responder.h"
#include "runtime/http/response.h"
#include "sandbox/executor/executor.h"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace openfc::sandbox {

class Workers;

/// What a dialect stands on. All of it outlives the dialect, but for the runs: the last of them has
/// ended, and been answered, before the dialect goes.
struct Ground {
  Executor& executor;  // Counts and logs each run.
  Workers& workers;    // For what takes longer than a moment: reading archives, writing documents.
  std::string state = {};   // A folder of ours, for what a dialect keeps.
  LimitChoice limits = {};  // Of each run, where the operator has said so.
};

/// The wire of one existing service, spoken to its clients. A folder of its own below sandbox/api.
///
/// Guards, keys, CORS, and the routes of the operator (/v1/isolation, /v1/health, /metrics) are
/// dealt with before a dialect is asked; the isolation level is added to all that it answers.
class Dialect {
 public:
  virtual ~Dialect() = default;
  Dialect() = default;
  Dialect(const Dialect&) = delete;
  Dialect& operator=(const Dialect&) = delete;

  /// As --serve takes it.
  virtual std::string_view name() const = 0;
  virtual std::uint16_t default_port() const = 0;

  /// What it takes of a request; the server refuses the rest.
  virtual http::RequestLimits request_limits() const { return {}; }

  /// On the server's thread: must neither block nor throw. Runs are best answered by
  /// AnswerWithRun().
  virtual void Handle(http::Request request, http::Responder responder) = 0;

  /// An error in its words. `sentence` is ours, fit for a client; statuses are 400, 401, 403, 408,
  /// 413, 414, 417, 431, 500 and 501.
  virtual http::Response Refuse(int status, std::string_view sentence) const = 0;

  /// As many runs wait as may. The header Retry-After is added by the caller.
  virtual http::Response RefuseBusy() const = 0;
};

/// A document as it is.
http::Response JsonAnswer(int status, std::string document);

/// When to come again, for an answer of RefuseBusy().
http::Response WithRetryAfter(http::Response response, std::chrono::seconds after);

}  // namespace openfc::sandbox
