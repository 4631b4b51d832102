#include "runtime/invoke/call_handler.h"

#include "tests/fakes/fake_reply.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace openfc {
namespace {

using testing::MakeFakeReply;
using testing::ReplyRecord;

/// Does what a test says.
class ScriptedHandler final : public Handler {
 public:
  using Script = void (*)(Invocation, Reply);
  explicit ScriptedHandler(Script script) : script_(script) {}
  void Handle(Invocation invocation, Reply reply) override {
    script_(std::move(invocation), std::move(reply));
  }

 private:
  Script script_;
};

ReplyRecord Call(ScriptedHandler::Script script) {
  ReplyRecord record;
  ScriptedHandler handler(script);
  Invocation invocation;
  invocation.request_id = "r-1";
  CallHandler(handler, std::move(invocation), MakeFakeReply(record));
  return record;
}

TEST(CallHandlerTest, PassesInvocationAndReplyOn) {
  const ReplyRecord record = Call([](Invocation invocation, Reply reply) {
    std::move(reply).Send(Response{.body = invocation.request_id, .http_params = {}});
  });

  EXPECT_EQ(std::get<Response>(*record.sent).body, "r-1");
}

TEST(CallHandlerTest, KeepsAnExceptionInAndTheCallerIsAnswered) {
  const ReplyRecord record =
      Call([](Invocation, Reply reply) {  // NOLINT(performance-unnecessary-value-param)
        const Reply mine = std::move(reply);
        throw std::runtime_error("boom");
      });

  EXPECT_TRUE(record.abandoned);
}

TEST(CallHandlerTest, KeepsInEvenWhatIsNoException) {
  const ReplyRecord record = Call([](Invocation, Reply reply) {
    const Reply mine = std::move(reply);
    throw 42;  // NOLINT(hicpp-exception-baseclass)
  });

  EXPECT_TRUE(record.abandoned);
}

TEST(CallHandlerTest, LeavesAnAnswerAloneThatWasSentBeforeTheThrow) {
  const ReplyRecord record = Call([](Invocation, Reply reply) {
    std::move(reply).Send(Response{.body = "first", .http_params = {}});
    throw std::runtime_error("too late");
  });

  EXPECT_EQ(std::get<Response>(*record.sent).body, "first");
  EXPECT_FALSE(record.abandoned);
}

}  // namespace
}  // namespace openfc
