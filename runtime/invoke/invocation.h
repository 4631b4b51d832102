#pragma once

#include "runtime/base/deadline.h"
#include "runtime/base/error.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

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

/// The request of a client that calls the function over HTTP, as it came: what a web application is
/// called with. Present in the HTTP mode only, and there only for applications.
struct HttpRequest {
  std::string method;
  std::string target;  // Path and query as sent, not decoded.
  bool is_http_1_0 = false;
  std::vector<std::pair<std::string, std::string>> headers;  // In their order, names as sent.
  std::string base_path;                                     // x-fc-base-path: the prefix of FC 2.
  std::string client_address;
  std::uint16_t client_port = 0;
  std::string server_address;
  std::uint16_t server_port = 0;
  bool wants_websocket = false;  // Asks to be upgraded: Reply::Upgrade() may be used.
};

/// The bytes of a request whose body does not come whole. Used from one thread at a time.
class BodyReader {
 public:
  virtual ~BodyReader() = default;

  /// Blocks for more; an empty string is the end. kCancelled when the client went away.
  virtual Expected<std::string> Read() = 0;

  /// As Read() where it would not block. Otherwise nothing, and `ready` is called once, from any
  /// thread, perhaps before this returns, when there is more to have. Until overridden: as for a
  /// reader that never waits.
  // NOLINTNEXTLINE(performance-unnecessary-value-param): overriders keep it.
  virtual std::optional<Expected<std::string>> TryRead(std::function<void()> /*ready*/) {
    return Read();
  }
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

  /// The client's request, where a web application is called in the HTTP mode.
  std::optional<HttpRequest> http;

  /// Attributes of the CloudEvent whose data the body is: a JSON object; empty: it is none.
  std::string cloud_event;

  /// When the platform gives up.
  Deadline deadline;

  /// Whole bytes, never parsed by us, or a reader of them.
  std::variant<std::string, std::unique_ptr<BodyReader>> body;
};

}  // namespace openfc
