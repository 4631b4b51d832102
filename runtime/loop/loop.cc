#include "runtime/loop/loop.h"

#include "runtime/base/log.h"
#include "runtime/wire/fault.h"

#include <memory>
#include <string>
#include <utility>

namespace openfc {
namespace {

/// The Runtime API's end of a reply. It takes whole answers only: the protocol has no place for a
/// streamed one.
class PostingSink final : public ReplySink {
 public:
  PostingSink(RuntimeApi& api, std::string request_id)
      : api_(api), request_id_(std::move(request_id)) {}

  void Send(Outcome outcome) override {
    const auto posted = api_.Post(request_id_, std::move(outcome));
    if (posted) return;
    LogError("post_failed request_id={} cause=\"{}\"", request_id_, posted.error().message);
  }

  Expected<std::unique_ptr<BodyWriter>> Begin(StreamHead /*head*/) override {
    return Error{ErrorCode::kInvalidArgument, "the Runtime API does not stream"};
  }

  void Abandon() override { Send(wire::NoAnswer()); }

 private:
  RuntimeApi& api_;
  const std::string request_id_;
};

}  // namespace

Error RunLoop(RuntimeApi& api, Dispatcher& dispatcher) {
  while (true) {
    auto invocation = api.Next();
    if (!invocation) return invocation.error();
    Reply reply(std::make_unique<PostingSink>(api, invocation->request_id));
    dispatcher.Submit(*std::move(invocation), std::move(reply));
  }
}

}  // namespace openfc
