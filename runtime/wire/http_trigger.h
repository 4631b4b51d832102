#pragma once

#include "runtime/base/error.h"
#include "runtime/invoke/invocation.h"
#include "runtime/wire/invocation_headers.h"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

/// How an HTTP request reaches an event handler, and how its result becomes an answer: the event
/// and the result of FC 3's HTTP triggers (fc-platform.md, section 2).
namespace openfc::wire {

/// The event's JSON. Of `request`, the platform's own headers (x-fc-*) are left out: credentials
/// are among them. `invocation` says whose request it is.
std::string HttpTriggerEvent(const HttpRequest& request, std::string_view body,
                             const Invocation& invocation,
                             std::chrono::system_clock::time_point now);

struct HttpAnswer {
  int status = 200;
  HeaderList headers;
  std::string body;
};

/// What a handler's result says: a JSON object with a statusCode describes the answer, anything
/// else is its body. kProtocol with a sentence when it describes none that could be sent.
Expected<HttpAnswer> ReadHttpTriggerResult(std::string result);

/// Headers that the platform keeps to itself (x-fc-*), and those that belong to a connection and
/// not to what goes over it: a function's are not sent. Any case.
bool IsReservedAnswerHeader(std::string_view name);

/// Headers of a client's that no function sees: x-fc-*, credentials are among them. Any case.
bool IsReservedRequestHeader(std::string_view name);

/// `x-foo-bar` -> `X-Foo-Bar`, as Go writes headers.
std::string GoHeaderCase(std::string_view name);

/// Header names are equal whatever their case: the first value of that name, nothing when there is
/// none.
std::optional<std::string_view> FindHeader(const HeaderList& headers, std::string_view name);

}  // namespace openfc::wire
