#pragma once

#include "runtime/base/error.h"
#include "runtime/http/request.h"
#include "runtime/invoke/function_interface.h"
#include "runtime/invoke/invocation.h"

#include <string>

namespace openfc {

/// What a request is to the function, and so how its answer goes back (answers.h).
enum class RequestKind {
  kEvent,        // POST /invoke: the body is the event.
  kCloudEvent,   // The data of a CloudEvent is the event.
  kHook,         // Called with the context alone.
  kTrigger,      // Any other request to an event handler: it is described in the event.
  kApplication,  // A web application gets the request itself.
};

struct RouteOptions {
  FunctionInterface interface = FunctionInterface::kEvent;
  std::string handler = {};  // `module.function`

  // Those that the instance is configured with; empty: that hook is not.
  std::string initializer = {};
  std::string pre_stop = {};
  std::string pre_freeze = {};
};

struct RoutedRequest {
  RequestKind kind = RequestKind::kEvent;
  Invocation invocation;
};

/// Turns a request into an invocation: the custom-runtime contract's table (fc-platform.md, section
/// 1). A request id that is missing or none is made up. kInvalidArgument with a sentence for what
/// wants to be a CloudEvent and is not: to be answered 400.
Expected<RoutedRequest> RouteRequest(http::Request request, const RouteOptions& options);

}  // namespace openfc
