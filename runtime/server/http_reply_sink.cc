#include "runtime/server/http_reply_sink.h"

#include "runtime/wire/fault.h"

namespace openfc {

void HttpReplySink::Send(Outcome outcome) {
  std::move(responder_).Send(mapping_.outcome(std::move(outcome)));
}

Expected<std::unique_ptr<BodyWriter>> HttpReplySink::Begin(StreamHead /*head*/) {
  return Error{ErrorCode::kInvalidArgument, "this door does not stream"};
}

void HttpReplySink::WhenGone(std::function<void()> callback) {
  responder_.WhenGone(std::move(callback));
}

void HttpReplySink::Abandon() { Send(wire::NoAnswer()); }

}  // namespace openfc
