#pragma once

#include "runtime/base/error.h"
#include "runtime/http/answer_writer.h"
#include "runtime/http/response.h"
#include "runtime/http/web_socket.h"

#include <cstdint>
#include <functional>
#include <memory>

namespace openfc::http {

/// Where answers go: what the server implements, and a test may. All functions may be called from
/// any thread; `ticket` names the request.
class AnswerLine {
 public:
  virtual ~AnswerLine() = default;

  virtual void Answer(std::uint64_t ticket, Response response) = 0;
  virtual std::unique_ptr<AnswerWriter> Begin(std::uint64_t ticket, Response head) = 0;
  virtual std::unique_ptr<WebSocket> Upgrade(std::uint64_t ticket, HeaderList headers) = 0;
  virtual void Overrule(std::uint64_t ticket, Response response) = 0;
  virtual void WhenHalfClosed(std::uint64_t ticket, std::function<void()> callback) = 0;
  virtual void WhenGone(std::uint64_t ticket, std::function<void()> callback) = 0;
  virtual bool IsHalfClosed() const = 0;
};

/// Answers a request in the place of whoever has its Responder, which is then without effect: for
/// a deadline that passes while the handler still runs. May be copied, used from any thread, and
/// outlive everything.
class Overruler {
 public:
  Overruler(std::shared_ptr<AnswerLine> line, std::uint64_t ticket)
      : line_(std::move(line)), ticket_(ticket) {}

  /// Sends `response` where no answer has begun; cuts off one that has, also a WebSocket; does
  /// nothing when the answer is complete. Never blocks.
  void Answer(Response response) const { line_->Overrule(ticket_, std::move(response)); }

 private:
  std::shared_ptr<AnswerLine> line_;
  std::uint64_t ticket_;
};

/// The right to answer one request, once: at once, or minutes later from another thread.
///
/// Destroyed unused, it answers 500, so that no client waits for ever. Move-only. It may outlive
/// the server, and is then without effect.
class Responder {
 public:
  /// Whether the request asks for a WebSocket, rightly.
  enum class Offer { kAnswer, kUpgrade };

  /// The line is shared, because answers may outlive the connection that they are for.
  Responder(std::shared_ptr<AnswerLine> line, std::uint64_t ticket, Offer offer = Offer::kAnswer);
  Responder(Responder&&) noexcept = default;
  Responder& operator=(Responder&&) noexcept;
  Responder(const Responder&) = delete;
  Responder& operator=(const Responder&) = delete;
  ~Responder();

  /// Never blocks. An answer to a client that has gone is dropped.
  void Send(Response response) &&;

  /// Begins an answer whose body follows as it is produced: chunked, or of the length that a
  /// Content-Length among `head`'s headers tells. What `head` has for a body comes first. Never
  /// blocks. kInvalidArgument when the status or a header cannot be written as HTTP: nothing was
  /// sent then, and the Responder can still be used; otherwise it is consumed.
  Expected<std::unique_ptr<AnswerWriter>> Begin(Response head);

  /// Turns the connection into a WebSocket; `headers` go along with the 101, the subprotocol among
  /// them. kInvalidArgument also when the request did not ask for it. Otherwise as Begin().
  Expected<std::unique_ptr<WebSocket>> Upgrade(HeaderList headers);

  bool can_upgrade() const { return offer_ == Offer::kUpgrade; }

  /// Only for a Responder that was not consumed.
  Overruler overruler() const { return {line_, ticket_}; }

  /// True once the client has closed its sending half. One that is gone, a dead process among them,
  /// looks the same; but one that waits for its answer does, too. Never for a Responder that was
  /// consumed.
  bool IsHalfClosed() const { return line_ != nullptr && line_->IsHalfClosed(); }

  /// Have `callback` run on the server's thread, later, once, if it comes to that before the answer
  /// is complete (whole, finished or closed), or has already: the client closes its sending half,
  /// or is gone, which is when nothing can be sent to it any more. Each replaces its own earlier
  /// callback.
  void WhenHalfClosed(std::function<void()> callback);
  void WhenGone(std::function<void()> callback);

 private:
  void Close();

  std::shared_ptr<AnswerLine> line_;  // Null once consumed.
  std::uint64_t ticket_;
  Offer offer_;
};

}  // namespace openfc::http
