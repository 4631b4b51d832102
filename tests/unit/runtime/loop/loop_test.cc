#include "runtime/loop/loop.h"

#include "runtime/base/unique_fd.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <deque>
#include <string>
#include <utility>
#include <vector>

namespace openfc {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

/// Gives its invocations in order, then `end`.
class FakeRuntimeApi final : public RuntimeApi {
 public:
  using Events = std::deque<std::pair<std::string, std::string>>;

  explicit FakeRuntimeApi(Events invocations) : invocations_(std::move(invocations)) {}

  Expected<Invocation> Next() override {
    if (invocations_.empty()) return end;
    Invocation invocation;
    std::tie(invocation.request_id, invocation.body) = invocations_.front();
    invocations_.pop_front();
    return invocation;
  }

  Status Post(std::string_view request_id, Outcome outcome) override {
    const auto* response = std::get_if<Response>(&outcome);
    posted.emplace_back(request_id,
                        response != nullptr ? response->body : std::get<Failure>(outcome).type);
    if (refuses_posts) return Error{ErrorCode::kProtocol, "the platform answered 404"};
    return Ok();
  }

  Status PostInitError(Failure) override { return Ok(); }

  Error end{ErrorCode::kCancelled, "the script ended"};
  bool refuses_posts = false;
  std::vector<std::pair<std::string, std::string>> posted;

 private:
  Events invocations_;
};

class EchoHandler final : public Handler {
 public:
  void Handle(Invocation invocation, Reply reply) override {
    const auto& body = std::get<std::string>(invocation.body);
    if (body == "drop") return;
    if (body == "stream") {
      EXPECT_FALSE(reply.Begin({}));
    }
    std::move(reply).Send(Response{.body = body, .http_params = {}});
  }
};

class RunLoopTest : public ::testing::Test {
 protected:
  Error Run(FakeRuntimeApi& api) {
    const UniqueFd null(::open("/dev/null", O_WRONLY | O_CLOEXEC));
    EchoHandler handler;
    Dispatcher dispatcher(handler, InvocationLog(null.get()));
    return RunLoop(api, dispatcher);
  }
};

TEST_F(RunLoopTest, PostsEachResultUnderTheRequestIdItCameWith) {
  FakeRuntimeApi api({{"r-1", "one"}, {"r-2", "two"}});

  const Error end = Run(api);

  EXPECT_EQ(end.code, ErrorCode::kCancelled);
  EXPECT_THAT(api.posted, ElementsAre(Pair("r-1", "one"), Pair("r-2", "two")));
}

TEST_F(RunLoopTest, EndsWithTheReasonForWhichThereIsNoNext) {
  FakeRuntimeApi api(FakeRuntimeApi::Events{});
  api.end = Error{ErrorCode::kProtocol, "refused"};

  EXPECT_EQ(Run(api).code, ErrorCode::kProtocol);
}

TEST_F(RunLoopTest, AnswersForAHandlerThatGaveNoAnswer) {
  FakeRuntimeApi api({{"r-1", "drop"}, {"r-2", "two"}});

  Run(api);

  EXPECT_THAT(api.posted, ElementsAre(Pair("r-1", "NoAnswer"), Pair("r-2", "two")));
}

TEST_F(RunLoopTest, GoesOnWhenAnAnswerCannotBeDelivered) {
  FakeRuntimeApi api({{"r-1", "one"}, {"r-2", "two"}});
  api.refuses_posts = true;

  Run(api);

  EXPECT_EQ(api.posted.size(), 2U);
}

TEST_F(RunLoopTest, DoesNotStreamButTakesTheWholeAnswerThen) {
  FakeRuntimeApi api(FakeRuntimeApi::Events{{"r-1", "stream"}});

  Run(api);

  EXPECT_THAT(api.posted, ElementsAre(Pair("r-1", "stream")));
}

}  // namespace
}  // namespace openfc
