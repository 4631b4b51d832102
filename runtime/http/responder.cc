#include "runtime/http/responder.h"

#include <utility>

namespace openfc::http {

Responder::Responder(std::shared_ptr<AnswerLine> line, std::uint64_t ticket)
    : line_(std::move(line)), ticket_(ticket) {}

Responder& Responder::operator=(Responder&& other) noexcept {
  if (this != &other) {
    Close();
    line_ = std::move(other.line_);
    ticket_ = other.ticket_;
  }
  return *this;
}

Responder::~Responder() { Close(); }

void Responder::Send(Response response) && {
  if (const auto line = std::exchange(line_, nullptr)) line->Answer(ticket_, std::move(response));
}

void Responder::WhenGone(std::function<void()> callback) {
  if (line_) line_->WhenGone(ticket_, std::move(callback));
}

void Responder::Close() {
  std::move(*this).Send(Response{.status = 500,
                                 .headers = {{"Content-Type", "text/plain"}},
                                 .body = "The request was dropped without an answer.\n"});
}

}  // namespace openfc::http
