#include "runtime/http/responder.h"

#include <utility>

namespace openfc::http {
namespace {

Error Unsendable() {
  return Error{ErrorCode::kInvalidArgument,
               "the answer's status or one of its headers cannot be written as HTTP"};
}

}  // namespace

Responder::Responder(std::shared_ptr<AnswerLine> line, std::uint64_t ticket, Offer offer)
    : line_(std::move(line)), ticket_(ticket), offer_(offer) {}

Responder& Responder::operator=(Responder&& other) noexcept {
  if (this != &other) {
    Close();
    line_ = std::move(other.line_);
    ticket_ = other.ticket_;
    offer_ = other.offer_;
  }
  return *this;
}

Responder::~Responder() { Close(); }

void Responder::Send(Response response) && {
  if (const auto line = std::exchange(line_, nullptr)) line->Answer(ticket_, std::move(response));
}

Expected<std::unique_ptr<AnswerWriter>> Responder::Begin(Response head) {
  if (!IsSendable(head)) return Unsendable();
  return std::exchange(line_, nullptr)->Begin(ticket_, std::move(head));
}

Expected<std::unique_ptr<WebSocket>> Responder::Upgrade(HeaderList headers) {
  if (!can_upgrade()) {
    return Error{ErrorCode::kInvalidArgument, "the request does not ask for a WebSocket"};
  }
  if (!AreSendable(headers)) return Unsendable();
  return std::exchange(line_, nullptr)->Upgrade(ticket_, std::move(headers));
}

void Responder::WhenHalfClosed(std::function<void()> callback) {
  if (line_) line_->WhenHalfClosed(ticket_, std::move(callback));
}

void Responder::WhenGone(std::function<void()> callback) {
  if (line_) line_->WhenGone(ticket_, std::move(callback));
}

void Responder::Close() {
  if (line_ == nullptr) return;
  std::move(*this).Send(Response{.status = 500,
                                 .headers = {{"Content-Type", "text/plain"}},
                                 .body = "The request was dropped without an answer.\n"});
}

}  // namespace openfc::http
