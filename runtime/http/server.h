#pragma once

#include "runtime/base/error.h"
#include "runtime/base/unique_fd.h"
#include "runtime/http/request.h"
#include "runtime/http/request_parser.h"
#include "runtime/http/responder.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace openfc::http {

/// Called on the server's thread, once for each request: must not block, and must not throw.
using RequestHandler = std::function<void(Request, Responder)>;

/// How a request that breaks HTTP or the limits is answered; on the server's thread. `seen` is as
/// much of its head as was read, its body not.
using RefusalWriter =
    std::function<Response(const Request& seen, const RequestParser::Refusal& refusal)>;

struct ServerOptions {
  std::string address = "127.0.0.1";  // IPv4 or IPv6; no names.
  std::uint16_t port = 0;             // 0: the system chooses.
  RequestLimits limits = {};
  RefusalWriter refuse = {};  // None: the reason as a line of text.
};

/// Our one HTTP/1.1 server: a thread of its own runs all connections.
///
/// Connections are kept alive, and are never cut for being idle. Pipelined requests are answered in
/// order, each handed to the handler when the one before it was answered. While an answer is
/// pending, the connection is watched, so that a client that goes away is noticed. Requests that
/// break HTTP or the limits are answered 400, 413, 417, 431 or 501 without the handler, and their
/// connection is closed after the client had time to read why.
class Server {
 public:
  /// Listens at once: a client may connect as soon as this returns. kInvalidArgument with a
  /// sentence for a person when the address cannot be listened on.
  static Expected<std::unique_ptr<Server>> Start(const ServerOptions& options,
                                                 RequestHandler handler);

  /// On a socket that listens already, non-blocking; `options.address` and `port` do not count.
  static Expected<std::unique_ptr<Server>> StartOn(UniqueFd listener, const ServerOptions& options,
                                                   RequestHandler handler);

  /// As Stop().
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  std::uint16_t port() const;

  /// Has `when_ready` called on the server's thread whenever `fd`, which is borrowed and outlives
  /// the server, is readable; it must see to it that `fd` is so no more. From any thread.
  void Watch(int fd, std::function<void()> when_ready);

  /// Serves the clients of a second listening socket, non-blocking, by a handler of their own. From
  /// any thread.
  void AlsoServe(UniqueFd listener, RequestHandler handler);

  /// Listens no more; a client that has connected already is still served. From any thread.
  void StopListening();

  /// Closes everything; once it returns, the handler is not called any more. Answers that were sent
  /// before are handed to the kernel first, as far as it takes them without waiting. Not from the
  /// server's own thread.
  void Stop();

 private:
  class Core;
  explicit Server(std::unique_ptr<Core> core);

  std::unique_ptr<Core> core_;
};

}  // namespace openfc::http
