#include "runtime/dispatch/dispatcher.h"

#include "runtime/base/unique_fd.h"
#include "tests/fakes/fake_reply.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <functional>
#include <stdexcept>
#include <thread>

namespace openfc {
namespace {

using testing::MakeFakeReply;
using testing::ReplyRecord;

class FunctionHandler final : public Handler {
 public:
  using Function = std::function<void(Invocation, Reply)>;
  explicit FunctionHandler(Function function) : function_(std::move(function)) {}
  void Handle(Invocation invocation, Reply reply) override {
    function_(std::move(invocation), std::move(reply));
  }

 private:
  Function function_;
};

class DispatcherTest : public ::testing::Test {
 protected:
  DispatcherTest() {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe(ends.data()), 0);
    read_end_ = UniqueFd(ends[0]);
    write_end_ = UniqueFd(ends[1]);
  }

  void Submit(FunctionHandler::Function function, InvocationType type = InvocationType::kInvoke) {
    FunctionHandler handler(std::move(function));
    Dispatcher dispatcher(handler, InvocationLog(write_end_.get()));
    Invocation invocation;
    invocation.request_id = "r-1";
    invocation.type = type;
    dispatcher.Submit(std::move(invocation), MakeFakeReply(record_, /*can_stream=*/true));
  }

  /// What stands in the log by now.
  std::string Log() {
    std::string text(4096, '\0');
    text.resize(static_cast<std::size_t>(::read(read_end_.get(), text.data(), text.size())));
    return text;
  }

  void Print(std::string_view text) {
    EXPECT_EQ(::write(write_end_.get(), text.data(), text.size()), std::ssize(text));
  }

  ReplyRecord record_;
  UniqueFd read_end_;
  UniqueFd write_end_;
};

TEST_F(DispatcherTest, PutsTheLogLinesAroundTheFunctionsOutput) {
  Submit([this](const Invocation&, Reply reply) {
    Print("output\n");
    std::move(reply).Send(Response{.body = "done", .http_params = {}});
  });

  EXPECT_EQ(Log(), "FC Invoke Start RequestId: r-1\noutput\nFC Invoke End RequestId: r-1\n");
  EXPECT_EQ(std::get<Response>(*record_.sent).body, "done");
}

TEST_F(DispatcherTest, WritesTheEndLineBeforeTheAnswerIsSent) {
  Submit([this](const Invocation&, Reply reply) {
    std::move(reply).Send(Response{.body = {}, .http_params = {}});
    Print("after the answer\n");
  });

  EXPECT_EQ(Log(),
            "FC Invoke Start RequestId: r-1\nFC Invoke End RequestId: r-1\nafter the answer\n");
}

TEST_F(DispatcherTest, EndsAFailedInvocationsLineInItsErrorSuffix) {
  Submit([](const Invocation&, Reply reply) {
    std::move(reply).Send(Failure{.type = "E", .document = "{}"});
  });

  EXPECT_EQ(Log(),
            "FC Invoke Start RequestId: r-1\n"
            "FC Invoke End RequestId: r-1, Error: Unhandled function error\n");
}

TEST_F(DispatcherTest, EndsTheLineOfAHandlerThatThrewToo) {
  Submit([](const Invocation&, Reply reply) {
    const Reply mine = std::move(reply);
    throw std::runtime_error("boom");
  });

  EXPECT_EQ(Log(),
            "FC Invoke Start RequestId: r-1\n"
            "FC Invoke End RequestId: r-1, Error: Unhandled function error\n");
  EXPECT_TRUE(record_.abandoned);
}

TEST_F(DispatcherTest, PassesOnThatTheHandlerEndsItself) {
  Submit([](const Invocation&, Reply reply) {
    reply.EndsItselfAtDeadline();
    std::move(reply).Send(Response{.body = {}, .http_params = {}});
  });

  EXPECT_TRUE(record_.ends_itself);
}

TEST_F(DispatcherTest, LetsAStreamBegin) {
  Submit([](const Invocation&, Reply reply) {
    auto writer = reply.Begin({});
    ASSERT_TRUE(writer);
    EXPECT_TRUE((*writer)->Write("chunk"));
    EXPECT_TRUE((*writer)->Finish());
  });

  EXPECT_EQ(record_.streamed, "chunk");
  EXPECT_TRUE(record_.finished);
}

TEST_F(DispatcherTest, EndsTheLogOfAStreamWithIt) {
  Submit([this](const Invocation&, Reply reply) {
    auto writer = reply.Begin({});
    EXPECT_EQ(Log(), "FC Invoke Start RequestId: r-1\n");
    (void)(*writer)->Finish();
  });

  EXPECT_EQ(Log(), "FC Invoke End RequestId: r-1\n");
}

TEST_F(DispatcherTest, EndsTheLogOfAStreamThatWasCutOffAsOfAnError) {
  Submit([](const Invocation&, Reply reply) { (void)reply.Begin({}); });

  EXPECT_EQ(Log(),
            "FC Invoke Start RequestId: r-1\n"
            "FC Invoke End RequestId: r-1, Error: Unhandled function error\n");
}

TEST_F(DispatcherTest, LogsAndSendsTheAnswerThatTheReviewPutInPlace) {
  FunctionHandler handler(
      [](const Invocation&, Reply reply) { std::move(reply).Send(Response{.body = "too much"}); });
  Dispatcher dispatcher(handler, InvocationLog(write_end_.get()),
                        [](Outcome& outcome) { outcome = Failure{.type = "E", .document = "{}"}; });
  Invocation invocation;
  invocation.request_id = "r-1";

  dispatcher.Submit(std::move(invocation), MakeFakeReply(record_));

  EXPECT_EQ(Log(),
            "FC Invoke Start RequestId: r-1\n"
            "FC Invoke End RequestId: r-1, Error: Unhandled function error\n");
  EXPECT_EQ(std::get<Failure>(*record_.sent).type, "E");
}

TEST_F(DispatcherTest, CallsTheHandlerInTheCallersThread) {
  std::thread::id seen;

  Submit([&seen](const Invocation&, Reply reply) {
    seen = std::this_thread::get_id();
    std::move(reply).Send(Response{.body = {}, .http_params = {}});
  });

  EXPECT_EQ(seen, std::this_thread::get_id());
}

struct TypeCase {
  InvocationType type;
  const char* name;
};

class LogLineTest : public DispatcherTest, public ::testing::WithParamInterface<TypeCase> {};

TEST_P(LogLineTest, SaysWhichKindOfInvocationItIs) {
  Submit([](const Invocation&,
            Reply reply) { std::move(reply).Send(Response{.body = {}, .http_params = {}}); },
         GetParam().type);

  const std::string name = GetParam().name;
  EXPECT_EQ(Log(), "FC " + name + " Start RequestId: r-1\nFC " + name + " End RequestId: r-1\n");
}

INSTANTIATE_TEST_SUITE_P(All, LogLineTest,
                         ::testing::Values(TypeCase{InvocationType::kInvoke, "Invoke"},
                                           TypeCase{InvocationType::kInitialize, "Initialize"},
                                           TypeCase{InvocationType::kPreStop, "PreStop"},
                                           TypeCase{InvocationType::kPreFreeze, "PreFreeze"}));

TEST_F(DispatcherTest, SaysOnceThatTheRuntimeIsInited) {
  InvocationLog(write_end_.get()).RuntimeInited("python3");

  EXPECT_EQ(Log(), "FunctionCompute python3 runtime inited.\n");
}

}  // namespace
}  // namespace openfc
