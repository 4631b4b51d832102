#pragma once

#include "runtime/base/deadline.h"
#include "runtime/base/mutex.h"
#include "runtime/http/gate.h"
#include "runtime/http/responder.h"

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <thread>
#include <variant>
#include <vector>

namespace openfc::http {

class AnswerStream;
class Line;
class WebSocketPipe;

/// What Responders and what they have begun say to a connection.
namespace letter {

struct Answer {
  Response response;
};
struct Overrule {
  Response response;
};
struct Begin {
  Response head;
  std::shared_ptr<AnswerStream> stream;
};
struct Upgrade {
  HeaderList headers;
  std::shared_ptr<WebSocketPipe> pipe;
};
struct Watch {
  enum class For { kHalfClose, kGone };
  For event;
  std::function<void()> callback;
};
/// There is something to do about the body of the request, of the answer, or the WebSocket.
struct Nudge {};

using Content = std::variant<Answer, Overrule, Begin, Upgrade, Watch, Nudge>;

}  // namespace letter

/// A connection, as Responders see it. Called on the server's thread only.
class Recipient {
 public:
  virtual void OnLetter(std::uint64_t ticket, letter::Content&& content) = 0;

 protected:
  ~Recipient() = default;
};

/// How other threads reach the server's: letters to connections are collected, and the server is
/// woken for the first of them only, so that a burst of answers costs one wake-up. Shared, because
/// Responders may outlive the server.
class Mailbox {
 public:
  struct Letter {
    std::shared_ptr<Line> line;
    std::uint64_t ticket;
    letter::Content content;
  };

  /// `wake` asks the server's thread to call Deliver(); called under a lock, from any thread, until
  /// Close().
  explicit Mailbox(std::function<void()> wake) : wake_(std::move(wake)) {}

  /// The server's thread, said by itself before it serves anyone; another one follows it only when
  /// it is at none of the lines.
  void SetOwner() { owner_.store(std::this_thread::get_id()); }
  bool IsOwnThread() const { return owner_.load() == std::this_thread::get_id(); }
  /// For now no thread is the server's.
  void ClearOwner() { owner_.store(std::thread::id()); }
  bool HasOwner() const { return owner_.load() != std::thread::id(); }

  /// `gate` lives until Close(). Who enters by it is the server's thread for that long, or, where
  /// `hoards`, leaves whole answers behind for the next Deliver().
  void UseGate(Gate& gate, bool hoards) EXCLUDES_LOCK(mutex_);
  /// True: the calling thread has entered, and is to call LeaveGate().
  bool TryEnterGate() EXCLUDES_LOCK(mutex_);
  void LeaveGate() EXCLUDES_LOCK(mutex_);

  void Post(Letter letter) EXCLUDES_LOCK(mutex_);

  /// Leaves a letter for whoever drives next, who calls Deliver() before anything else. False: it
  /// is untouched, and is to be sent.
  bool TryHoard(Letter& letter) EXCLUDES_LOCK(mutex_);

  /// Hands all letters out; on the server's thread.
  void Deliver() EXCLUDES_LOCK(mutex_);

  /// From now on nobody is woken, and letters are answered as for a client that has gone, but that
  /// no callback of theirs is called.
  void Close() EXCLUDES_LOCK(mutex_);

 private:
  enum class Kept { kNot, kForDriver, kAndEntered };

  /// Takes the letter, unless it is closed.
  Kept Keep(Letter& letter) EXCLUDES_LOCK(mutex_);

  const std::function<void()> wake_;
  std::atomic<std::thread::id> owner_;
  std::atomic<bool> hoards_ = false;
  Mutex mutex_;
  Gate* gate_ GUARDED_BY(mutex_) = nullptr;  // Null: nobody enters.
  bool is_closed_ GUARDED_BY(mutex_) = false;
  bool is_announced_ GUARDED_BY(mutex_) = false;  // That there are letters: they are waited for.
  Deadline hoarded_until_ GUARDED_BY(mutex_);
  std::vector<Letter> letters_ GUARDED_BY(mutex_);
};

/// Tells the streams that a letter brings that nobody is there to take them.
void Refuse(letter::Content& content);

/// The wire from the Responders of one connection to it. On the server's thread answers, and what
/// comes after the beginning of one, take no detour; by the gate nothing does.
class Line final : public AnswerLine, public std::enable_shared_from_this<Line> {
 public:
  Line(std::shared_ptr<Mailbox> mailbox, Recipient& recipient)
      : mailbox_(std::move(mailbox)), recipient_(&recipient) {}

  void Answer(std::uint64_t ticket, Response response) override;
  std::unique_ptr<AnswerWriter> Begin(std::uint64_t ticket, Response head) override;
  std::unique_ptr<WebSocket> Upgrade(std::uint64_t ticket, HeaderList headers) override;
  void Overrule(std::uint64_t ticket, Response response) override;
  void WhenHalfClosed(std::uint64_t ticket, std::function<void()> callback) override;
  void WhenGone(std::uint64_t ticket, std::function<void()> callback) override;
  bool IsHalfClosed() const override { return is_half_closed_.load(std::memory_order_acquire); }

  /// What pipes and streams of the request call, from any thread.
  std::function<void()> MakeNudge(std::uint64_t ticket);

  // The server's thread only:
  void MarkHalfClosed() { is_half_closed_.store(true, std::memory_order_release); }
  void Cut() { recipient_ = nullptr; }
  Recipient* recipient() const { return recipient_; }

 private:
  /// At once where that can be.
  void Tell(std::uint64_t ticket, letter::Content content);
  void Post(std::uint64_t ticket, letter::Content content);
  void Watch(std::uint64_t ticket, letter::Watch watch);

  const std::shared_ptr<Mailbox> mailbox_;
  Recipient* recipient_;  // Null once the connection is closed.
  std::atomic<bool> is_half_closed_ = false;
};

}  // namespace openfc::http
