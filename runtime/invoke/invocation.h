#pragma once

#include "runtime/base/deadline.h"
#include "runtime/base/error.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>

namespace openfc {

/// What the platform wants of the function (x-fc-function-type).
enum class InvocationType { kInvoke = 0, kInitialize = 1, kPreStop = 2, kPreFreeze = 3 };

/// Temporary keys of the function's role. Never logged.
struct Credentials {
  std::string access_key_id;
  std::string access_key_secret;
  std::string security_token;
};

struct FunctionMeta {
  std::string name;
  std::string handler;  // `module.function`; for a hook the hook's own.
  std::int64_t memory_mb = 0;
  std::int64_t timeout_s = 0;
};

struct ServiceMeta {
  std::string name;
  std::string log_project;
  std::string log_store;
  std::string qualifier;
  std::string version_id;
};

struct TracingMeta {
  std::string span_context;
  std::string span_baggages;  // As it came: base64 of a JSON object.
  std::string jaeger_endpoint;
};

/// What only AWS's dialect says of an invocation.
struct LambdaMeta {
  std::string invoked_function_arn;
  std::string client_context;    // JSON, as it came.
  std::string cognito_identity;  // JSON, as it came.
  std::string tenant_id;
  std::string invocation_id;     // Of this attempt; goes back with the answer.
  std::string content_type;      // Of the event.
  std::int64_t deadline_ms = 0;  // Since the epoch; the same as Invocation::deadline.
};

/// The bytes of a request whose body does not come whole.
class BodyReader {
 public:
  virtual ~BodyReader() = default;

  /// Blocks for more; an empty string is the end. kCancelled when the client went away.
  virtual Expected<std::string> Read() = 0;
};

/// One call of the function: what it is called with, and what it may know about itself.
///
/// A value that is moved from the door (client, server) to the handler; a string that the platform
/// did not send is empty, a number 0.
struct Invocation {
  std::string request_id;
  InvocationType type = InvocationType::kInvoke;
  FunctionMeta function;
  ServiceMeta service;
  Credentials credentials;
  TracingMeta tracing;
  std::string region;
  std::string account_id;
  std::string instance_id;
  std::string client_ip;
  std::string trace_id;
  std::int64_t retry_count = 0;
  LambdaMeta lambda;

  /// x-fc-http-params as it came; present: an HTTP function is called.
  std::optional<std::string> http_params;

  /// When the platform gives up.
  Deadline deadline;

  /// Whole bytes, never parsed by us, or a reader of them.
  std::variant<std::string, std::unique_ptr<BodyReader>> body;
};

}  // namespace openfc
