#include "runtime/invoke/reply.h"

#include <cassert>

namespace openfc {

Reply::Reply(std::unique_ptr<ReplySink> sink) : sink_(std::move(sink)) {}

Reply& Reply::operator=(Reply&& other) noexcept {
  if (this != &other) {
    Close();
    sink_ = std::move(other.sink_);
  }
  return *this;
}

Reply::~Reply() { Close(); }

void Reply::Send(Outcome outcome) && {
  assert(is_open());
  const auto sink = std::move(sink_);
  sink->Send(std::move(outcome));
}

Expected<std::unique_ptr<BodyWriter>> Reply::Begin(StreamHead head) {
  assert(is_open());
  auto writer = sink_->Begin(std::move(head));
  if (writer) sink_.reset();
  return writer;
}

void Reply::EndsItselfAtDeadline() {
  assert(is_open());
  sink_->EndsItselfAtDeadline();
}

void Reply::Close() {
  if (const auto sink = std::move(sink_)) sink->Abandon();
}

}  // namespace openfc
