#include "runtime/invoke/reply.h"

#include <cassert>

namespace openfc {

Expected<std::unique_ptr<MessageChannel>> ReplySink::Upgrade(
    // NOLINTNEXTLINE(performance-unnecessary-value-param): a door that upgrades keeps them.
    std::vector<std::pair<std::string, std::string>> /*headers*/) {
  return Error{ErrorCode::kInvalidArgument, "this door does not upgrade"};
}

void ReplySink::WhenHalfClosed(std::function<void()> /*callback*/) {}

void ReplySink::WhenGone(std::function<void()> /*callback*/) {}

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

Expected<std::unique_ptr<MessageChannel>> Reply::Upgrade(
    std::vector<std::pair<std::string, std::string>> headers) {
  assert(is_open());
  auto channel = sink_->Upgrade(std::move(headers));
  if (channel) sink_.reset();
  return channel;
}

void Reply::WhenHalfClosed(std::function<void()> callback) {
  assert(is_open());
  sink_->WhenHalfClosed(std::move(callback));
}

void Reply::WhenGone(std::function<void()> callback) {
  assert(is_open());
  sink_->WhenGone(std::move(callback));
}

void Reply::EndsItselfAtDeadline() {
  assert(is_open());
  sink_->EndsItselfAtDeadline();
}

void Reply::Close() {
  if (const auto sink = std::move(sink_)) sink->Abandon();
}

}  // namespace openfc
