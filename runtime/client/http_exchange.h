#pragma once

#include "runtime/base/error.h"
#include "runtime/client/interrupt.h"
#include "runtime/wire/invocation_headers.h"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace openfc {

/// One answer of the platform.
struct HttpAnswer {
  int status = 0;
  std::string body;
  bool is_truncated = false;  // The connection ended before the body did; `body` holds what came.
};

/// Called as soon as an answer's head has been read, before its body.
using OnHead = std::function<void(int status, const wire::HeaderLookup& headers)>;

/// A connection to the platform, over which one request goes at a time. It is kept between
/// requests, and made anew when it was dropped or the platform closed it. Not thread-safe.
///
/// An exchange whose status line never came is kUnavailable, whatever the reason; kSystem when we
/// had not the means to make it.
class HttpExchange {
 public:
  virtual ~HttpExchange() = default;

  /// Waits for the head as long as it takes.
  virtual Expected<HttpAnswer> Get(const std::string& path, const OnHead& on_head) = 0;

  virtual Expected<HttpAnswer> Post(const std::string& path, const wire::HeaderList& headers,
                                    std::string_view body, std::string_view content_type) = 0;

  /// The next request goes over a new connection.
  virtual void Drop() = 0;
};

/// Over TCP, by cpp-httplib. `interrupt` must outlive the exchange; triggered, it ends a Get() that
/// is still waiting for its head.
std::unique_ptr<HttpExchange> MakeHttpExchange(const std::string& host, std::uint16_t port,
                                               Interrupt& interrupt);

}  // namespace openfc
