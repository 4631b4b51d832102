#pragma once

#include "runtime/base/error.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace openfc {

/// What the function returned.
struct Response {
  std::string body;
  std::optional<std::string> http_params = {};  // An HTTP function's status and headers, encoded.

  // For those doors whose wire has a place for them.
  int status = 0;                 // 0: the door's own.
  std::string content_type = {};  // Empty: the door's own.
  std::vector<std::pair<std::string, std::string>> headers = {};
};

/// Why there is no response: the error JSON that the caller gets, and its `errorType` once more for
/// those doors whose wire names it in a header.
struct Failure {
  std::string type;
  std::string document;
  std::vector<std::pair<std::string, std::string>> headers = {};  // As in a Response.
};

using Outcome = std::variant<Response, Failure>;

/// Status and headers with which a streamed reply begins.
struct StreamHead {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers;
};

/// The body of a reply that is sent as it is produced. Destroyed before Finish(), it cuts the reply
/// off, so that the client can tell.
class BodyWriter {
 public:
  virtual ~BodyWriter() = default;

  /// Blocks while the client is slow. kCancelled when it went away: stop producing.
  virtual Status Write(std::string_view chunk) = 0;

  /// Never blocks: takes the chunk whole, and says whether the next one is welcome at once. When
  /// not, `ready` is called once, from any thread, perhaps before this returns, when it is, and
  /// also when the client went away.
  virtual Expected<bool> TryWrite(std::string_view chunk, std::function<void()> ready) = 0;

  /// The body is complete. Never blocks.
  virtual Status Finish() = 0;
};

/// One message of a channel.
struct Message {
  bool is_text = true;  // Otherwise binary. Text is UTF-8.
  std::string data;
};

/// Both ways of an upgraded connection (WebSocket). Destroyed before Close(), it closes with 1011.
/// Its functions may be called from any thread; each of the directions from one at a time.
class MessageChannel {
 public:
  virtual ~MessageChannel() = default;

  /// Why there is no further message: the peer's close frame, or 1006 without one.
  struct Closed {
    int code = 1006;
    std::string reason;
  };
  using Received = std::variant<Message, Closed>;

  /// The next message where there is one. Otherwise nothing, and `ready` is called once, from any
  /// thread, perhaps before this returns, when there is.
  virtual std::optional<Received> TryReceive(std::function<void()> ready) = 0;

  /// As BodyWriter::TryWrite().
  virtual Expected<bool> TrySend(Message message, std::function<void()> ready) = 0;

  /// Sends the close frame, after what was sent before it.
  virtual void Close(int code, std::string reason) = 0;
};

/// A door's end of one reply: what `client` and `server` implement. Exactly one of Send(), Begin(),
/// Upgrade() and Abandon() comes, once, from any thread.
class ReplySink {
 public:
  virtual ~ReplySink() = default;

  virtual void Send(Outcome outcome) = 0;

  /// Where the door does not stream: kInvalidArgument, and the call does not count.
  virtual Expected<std::unique_ptr<BodyWriter>> Begin(StreamHead head) = 0;

  /// Where the request did not ask for it, or the door cannot: as Begin().
  virtual Expected<std::unique_ptr<MessageChannel>> Upgrade(
      std::vector<std::pair<std::string, std::string>> headers);

  /// Each may come once, before the others: `callback` is to be called once, from any thread, when
  /// it comes to that before the answer is complete. A door that cannot tell never calls it.
  virtual void WhenHalfClosed(std::function<void()> callback);
  virtual void WhenGone(std::function<void()> callback);

  /// The handler ends this invocation itself at its deadline: whoever watches deadlines gives it
  /// 500 ms more before acting. May come once, before the others.
  virtual void EndsItselfAtDeadline() {}

  /// The handler let the reply go without an answer: answer for it.
  virtual void Abandon() = 0;
};

/// The right to answer one invocation, exactly once.
///
/// A Reply is handed to the handler together with its Invocation and travels with it. Send() and a
/// successful Begin() or Upgrade() consume it; destroyed unused, it answers that the function gave
/// no answer, so that a lost request never hangs the platform. Move-only; may be moved to, and used
/// from, any thread.
class Reply {
 public:
  explicit Reply(std::unique_ptr<ReplySink> sink);
  Reply(Reply&&) noexcept = default;
  Reply& operator=(Reply&&) noexcept;
  Reply(const Reply&) = delete;
  Reply& operator=(const Reply&) = delete;
  ~Reply();

  /// Answers whole. May block for as long as the door's network does: hold no lock.
  void Send(Outcome outcome) &&;

  /// Begins a streamed answer. On failure nothing was sent and the Reply can still be used.
  Expected<std::unique_ptr<BodyWriter>> Begin(StreamHead head);

  /// Turns the answer into a channel of messages. Otherwise as Begin().
  Expected<std::unique_ptr<MessageChannel>> Upgrade(
      std::vector<std::pair<std::string, std::string>> headers);

  /// Have `callback` called once, from any thread, when it comes to that before the answer is
  /// complete (whole, finished or closed). Half-closed: the client sends no more. So looks one that
  /// has gone, and one that awaits its answer. Gone: nothing can be sent to it any more; of what
  /// comes with one event, this comes first. Each at most once for a Reply, and before it is
  /// consumed.
  void WhenHalfClosed(std::function<void()> callback);
  void WhenGone(std::function<void()> callback);

  /// To be said before the function runs, by a handler that can cancel it, and will at its deadline
  /// (an `async` function); the answer then says so.
  void EndsItselfAtDeadline();

  /// False once it was consumed or moved from.
  bool is_open() const { return sink_ != nullptr; }

 private:
  void Close();

  std::unique_ptr<ReplySink> sink_;
};

}  // namespace openfc
