#pragma once

#include "runtime/http/responder.h"
#include "runtime/invoke/reply.h"

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace openfc {

/// How answers look on the route that a request came through. Both functions are called in the
/// thread that answers.
struct ReplyMapping {
  /// Also for a reply that the handler let go: as wire::NoAnswer().
  std::function<http::Response(Outcome)> outcome;

  /// The head of a streamed answer; none: as it is.
  std::function<StreamHead(StreamHead)> head = {};
};

/// The HTTP mode's end of one reply: whole, streamed, or upgraded to a WebSocket.
class HttpReplySink final : public ReplySink {
 public:
  HttpReplySink(http::Responder responder, ReplyMapping mapping)
      : responder_(std::move(responder)), mapping_(std::move(mapping)) {}

  void Send(Outcome outcome) override;
  Expected<std::unique_ptr<BodyWriter>> Begin(StreamHead head) override;
  Expected<std::unique_ptr<MessageChannel>> Upgrade(
      std::vector<std::pair<std::string, std::string>> headers) override;
  void WhenHalfClosed(std::function<void()> callback) override;
  void WhenGone(std::function<void()> callback) override;
  void Abandon() override;

 private:
  http::Responder responder_;
  const ReplyMapping mapping_;
};

}  // namespace openfc
