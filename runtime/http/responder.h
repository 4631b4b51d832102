#pragma once

#include "runtime/http/response.h"

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
  virtual void WhenGone(std::uint64_t ticket, std::function<void()> callback) = 0;
  virtual bool IsGone() const = 0;
};

/// The right to answer one request, once: at once, or minutes later from another thread.
///
/// Destroyed unused, it answers 500, so that no client waits for ever. Move-only. It may outlive
/// the server, and is then without effect.
class Responder {
 public:
  /// The line is shared, because answers may outlive the connection that they are for.
  Responder(std::shared_ptr<AnswerLine> line, std::uint64_t ticket);
  Responder(Responder&&) noexcept = default;
  Responder& operator=(Responder&&) noexcept;
  Responder(const Responder&) = delete;
  Responder& operator=(const Responder&) = delete;
  ~Responder();

  /// Never blocks. An answer to a client that has gone is dropped.
  void Send(Response response) &&;

  /// True once the client has closed its connection, or only its sending half, as a dead process
  /// does: nobody may be there to read the answer. Never for a Responder that was consumed.
  bool IsGone() const { return line_ != nullptr && line_->IsGone(); }

  /// Has `callback` run on the server's thread, later, once, if the client goes before it is
  /// answered, or has gone already. Replaces an earlier callback.
  void WhenGone(std::function<void()> callback);

 private:
  void Close();

  std::shared_ptr<AnswerLine> line_;  // Null once consumed.
  std::uint64_t ticket_;
};

}  // namespace openfc::http
