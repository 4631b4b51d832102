#pragma once

#include "runtime/base/error.h"
#include "runtime/invoke/invocation.h"
#include "runtime/invoke/reply.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace openfc::emulator {

/// How a call came about.
enum class CallKind { kSync, kAsync, kHttp, kTimer };

/// Why the platform, and not the function, has no result. The code and the status are those of the
/// platform's errors (fc-platform.md, 7.3).
struct PlatformError {
  int status = 500;
  std::string code;
  std::string message;
};

/// A function's failure, by what the platform calls it (X-Fc-Error-Type).
struct FunctionError {
  std::string fc_type;  // UnhandledInvocationError or InitializationError.
  Failure failure;
};

/// What became of a call. Exactly one for each.
struct CallResult {
  std::variant<Response, FunctionError, PlatformError> outcome;
  std::string instance_id = {};    // Empty: none was reached.
  std::string code_checksum = {};  // Of the code that it ran; empty: not known.
  std::chrono::microseconds duration{0};
  std::int64_t peak_memory_bytes = 0;
  std::string log = {};         // The end of what the call logged, where that was wanted.
  bool was_cold_start = false;  // The instance was started for it.

  bool IsOk() const { return std::holds_alternative<Response>(outcome); }

  /// Of a failure: its `errorType`, or the platform's code. Empty when it is OK.
  std::string ErrorType() const;

  /// The same with what the failure says, `ValueError: no apples`.
  std::string ErrorText() const;
};

/// Where the answer to a request that is forwarded to a function's web server goes, as it comes.
/// Used by one thread, any; an error means that nobody wants the rest.
class AnswerSink {
 public:
  virtual ~AnswerSink() = default;

  /// Status and headers. Once.
  virtual Status Begin(int status, std::vector<std::pair<std::string, std::string>> headers) = 0;

  /// May block while the client is slow.
  virtual Status Write(std::string_view chunk) = 0;

  /// The answer is complete.
  virtual Status Finish() = 0;

  /// Has `callback` called, on the platform's thread or at once, when the client goes away before
  /// its answer is complete.
  virtual void WhenGone(std::function<void()> callback) = 0;
};

/// One call of a function of the platform, on its way to an instance. Move-only, the platform
/// thread's.
struct Call {
  std::string request_id;
  CallKind kind = CallKind::kSync;
  std::string body = {};
  std::optional<std::string> http_params = {};  // Of an HTTP function of FC 2: x-fc-http-params.
  std::optional<HttpRequest> http = {};   // For a custom runtime: the client's request as it came,
  std::shared_ptr<AnswerSink> sink = {};  // and its answer, shared with the one who waits for it.
  std::string qualifier = "LATEST";
  std::int64_t retry_count = 0;
  bool wants_log = false;
  std::chrono::system_clock::time_point accepted = std::chrono::system_clock::now();
  std::function<bool()> is_unwanted = {};     // Whoever asked may have gone; empty: never.
  std::function<void(CallResult)> done = {};  // On the platform's thread, once.
};

}  // namespace openfc::emulator
