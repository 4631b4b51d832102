#pragma once

#include "runtime/base/deadline.h"
#include "runtime/base/error.h"
#include "runtime/base/unique_fd.h"
#include "runtime/http/gate.h"
#include "runtime/http/request.h"
#include "runtime/http/request_parser.h"
#include "runtime/http/responder.h"

#include <chrono>
#include <cstddef>
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

/// Asked on the server's thread for each request whose body has not come along with its head, with
/// that head: true to have the handler called at once, and read the body from its BodySource.
using BodyChoice = std::function<bool(const Request& head)>;

/// How long a client may take. None of these cuts a connection that is idle between requests: that
/// is never done.
struct Patience {
  /// From a head's first byte to its last.
  std::chrono::milliseconds head = std::chrono::seconds(30);

  /// For a body, and a second more for each 4 KB of it that came. Stands still while a BodySource
  /// is not read.
  std::chrono::milliseconds body = std::chrono::seconds(60);

  /// Without taking a byte of its answer.
  std::chrono::milliseconds write = std::chrono::seconds(60);

  /// To close its end after a last answer, or after our close frame. Its bytes are read and dropped
  /// meanwhile: closing on them at once would reset the connection, and could take the answer away.
  std::chrono::milliseconds goodbye = std::chrono::seconds(5);

  /// In the place of `head` and `goodbye` once the server drains, and for a WebSocket's client to
  /// take what it was sent: nobody is to hold up the end for as long as an invocation may.
  std::chrono::milliseconds drain = std::chrono::seconds(1);
};

struct ServerOptions {
  std::string address = "127.0.0.1";  // IPv4 or IPv6; no names.
  std::uint16_t port = 0;             // 0: the system chooses.
  RequestLimits limits = {};
  std::size_t max_connections = 16384;                 // Beyond it, clients wait in the backlog.
  std::size_t max_message_bytes = 16UL * 1024 * 1024;  // Of a WebSocket.
  Patience patience = {};
  RefusalWriter refuse = {};     // None: the reason as a line of text.
  BodyChoice streams_body = {};  // None: every body comes whole.

  /// Answers leave once all that was ready has been served, so that their readers are woken less
  /// often. One behind which the next request of its client waits for its own is held for that one:
  /// they leave together, unless it takes more than a millisecond or two.
  bool gathers_answers = false;
};

/// Our one HTTP/1.1 server: one thread runs all connections. It is a thread of the server's own
/// until HandOver(); from then on it is whichever drives it, one at a time. "The server's thread"
/// is the one that drives it: what is sent there goes straight to the connection, and wakes
/// nobody. Between two drives it is nobody, but whom the gate lets in.
///
/// Connections are kept alive, and are never cut for being idle. Pipelined requests are answered in
/// order, each handed to the handler when the one before it was answered. While an answer is
/// pending, the connection is watched, so that a client that goes away is noticed. Requests that
/// break HTTP, the limits or our patience are answered 400, 408, 413, 414, 417, 431 or 501 without
/// the handler, and their connection is closed after the client had time to read why.
class Server {
 public:
  /// Listens at once: a client may connect as soon as this returns. kInvalidArgument with a
  /// sentence for a person when the address cannot be listened on.
  static Expected<std::unique_ptr<Server>> Start(const ServerOptions& options,
                                                 RequestHandler handler);

  /// Serves a socket that listens already, which other processes may do at the same time; address
  /// and port of the options are not used. The socket becomes non-blocking for all that share it.
  static Expected<std::unique_ptr<Server>> StartOn(UniqueFd listener, const ServerOptions& options,
                                                   RequestHandler handler);

  /// As Stop().
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  std::uint16_t port() const;

  /// A further listening socket, by which it can be retired.
  using DoorId = std::uint64_t;

  /// Serves a further listening socket as well, on the same thread, with a handler of its own. From
  /// any thread. As StartOn() for a socket that does not listen.
  Expected<DoorId> AlsoServe(UniqueFd listener, RequestHandler handler);

  /// The same with options of its own; address and port of them are not used.
  Expected<DoorId> AlsoServe(UniqueFd listener, const ServerOptions& options,
                             RequestHandler handler);

  /// Closes such a socket and all its connections, at once where the server's thread calls;
  /// otherwise it will. Requests of theirs that are unanswered are without a client from then on.
  /// From any thread; a few hundred bytes of it stay until Stop().
  void Retire(DoorId door);

  /// Has `when_ready` called on the server's thread whenever `fd` is readable; it must see to it
  /// that `fd` is so no more, or that the Drive() under way ends, which calls it once only. From
  /// any thread; ends with Stop().
  void Watch(UniqueFd fd, std::function<void()> when_ready);

  /// Has `call` called once what the server's thread has found ready has been served: what comes
  /// later is found after that. On that thread only.
  void AfterRound(std::function<void()> call);

  /// The same for the one descriptor that only the thread which calls Drive() does something about:
  /// `when_ready` must call Wake(), and is called once only from one Drive() to the next one. Takes
  /// the place of the one before, which is closed.
  void WatchInDrive(UniqueFd fd, std::function<void()> when_ready);

  /// Stops accepting, closes what is idle, and answers what is in flight with `Connection: close`;
  /// WebSockets are closed with 1001. `when_empty` is called once, on the server's thread, when no
  /// connection is left; never after Stop(). A socket that others share goes on listening. Returns
  /// at once; may be called from any thread, once.
  void Drain(std::function<void()> when_empty);

  /// What becomes of a whole answer of who may enter by the gate.
  enum class Answers {
    kLeaveAtOnce,
    kMayWait,  // For the next drive, whosever it is, or for Stop(): so many leave together.
  };

  /// Ends the server's own thread: from now on it stands still but in Drive(). The gate, by which
  /// others may act as its thread in between, must live until Stop(). Once, before Stop(), and not
  /// from the server's own thread.
  void HandOver(Gate& gate, Answers answers);

  /// Serves in the calling thread until somebody calls Wake(), or has since the last Drive(), or
  /// until the deadline; in any case what is ready by now, up to some bound, is done first. False:
  /// nobody called. After HandOver(), by one thread at a time: before another one begins, the one
  /// that drove last must have left Drive(), and the gate, in an order that both know.
  bool Drive(Deadline until);

  /// As Drive() without an end, but returns as soon as somebody has called Wake(): what is ready
  /// beyond that is left for the next one.
  void DriveToWake();

  /// Makes Drive() return: the one under way, once it has done what is ready, or the next one.
  /// From any thread; costs next to nothing on the one that drives, and while nobody does. After
  /// HandOver().
  void Wake();

  /// Closes everything; once it returns, the handler is not called any more. Answers that were sent
  /// before are handed to the kernel first, as far as it takes them without waiting. Not from the
  /// server's own thread; after HandOver() while nobody drives, and from any thread.
  void Stop();

 private:
  class Core;
  explicit Server(std::unique_ptr<Core> core);

  std::unique_ptr<Core> core_;
};

}  // namespace openfc::http
