#include "emulator/runtime_api.h"

#include "tests/unit/runtime/http/raw_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <condition_variable>
#include <deque>
#include <mutex>

namespace openfc::emulator {
namespace {

using http::RawClient;
using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr const char* kNext = "GET /2020-11-11/runtime/invocation/next HTTP/1.1\r\nHost: h\r\n\r\n";

std::string Post(const std::string& path, const std::string& body,
                 const std::string& headers = "") {
  return "POST /2020-11-11/runtime/" + path + " HTTP/1.1\r\nHost: h\r\n" + headers +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

Invocation MakeInvocation(const std::string& id, const std::string& event = "event") {
  Invocation invocation;
  invocation.request_id = id;
  invocation.function = {.name = "f", .handler = "index.handler", .memory_mb = 128, .timeout_s = 9};
  invocation.body = event;
  return invocation;
}

/// What the listener was told, in order.
class Events {
 public:
  RuntimeApi::Listener listener() {
    return [this](InstanceEvent event) {
      {
        const std::lock_guard lock(mutex_);
        events_.push_back(std::move(event));
      }
      changed_.notify_one();
    };
  }

  template <typename T>
  T Take() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !events_.empty(); });
    InstanceEvent event = std::move(events_.front());
    events_.pop_front();
    return std::get<T>(std::move(event));
  }

  bool IsEmpty() {
    const std::lock_guard lock(mutex_);
    return events_.empty();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<InstanceEvent> events_;
};

class RuntimeApiTest : public ::testing::Test {
 protected:
  RawClient Connect() { return RawClient(port()); }
  std::uint16_t port() {
    return static_cast<std::uint16_t>(std::stoi(api_->Address().substr(sizeof("127.0.0.1"))));
  }

  /// One exchange on a connection of its own.
  std::string Ask(const std::string& request) {
    RawClient client = Connect();
    client.Send(request);
    return client.ReadAnswer();
  }

  /// Submits an invocation and has it handed out.
  void HandOut(const std::string& id) {
    api_->Submit(MakeInvocation(id));
    Ask(kNext);
    (void)events_.Take<Delivered>();
  }

  Events events_;
  std::unique_ptr<RuntimeApi> api_ =
      *RuntimeApi::Start({.max_response_bytes = 1000}, events_.listener());
};

TEST_F(RuntimeApiTest, HandsAnInvocationToTheNextPoll) {
  api_->Submit(MakeInvocation("r-1", std::string("a\0b", 3)));

  const std::string answer = Ask(kNext);

  EXPECT_THAT(
      answer,
      AllOf(StartsWith("HTTP/1.1 200 OK\r\n"), HasSubstr("x-fc-request-id: r-1\r\n"),
            HasSubstr("x-fc-function-handler: index.handler\r\n"),
            HasSubstr("x-fc-function-timeout: 9\r\n"), HasSubstr("x-fc-function-type: 0\r\n"),
            HasSubstr("x-fc-function-deadline: "), EndsWith(std::string("\r\n\r\na\0b", 7))));
  EXPECT_EQ(events_.Take<Delivered>().request_id, "r-1");
}

TEST_F(RuntimeApiTest, ServesTheSameByALocalName) {
  api_->Submit(MakeInvocation("r-1"));

  RawClient client(api_->LocalName());
  client.Send(kNext);
  EXPECT_THAT(client.ReadAnswer(), HasSubstr("x-fc-request-id: r-1\r\n"));
  client.Send(Post("invocation/r-1/response", "result"));
  EXPECT_THAT(client.ReadAnswer(), StartsWith("HTTP/1.1 200 OK\r\n"));

  (void)events_.Take<Delivered>();
  EXPECT_EQ(std::get<Response>(events_.Take<Answered>().outcome).body, "result");
}

TEST_F(RuntimeApiTest, ForgetsAPollWhoseLocalClientHasLeft) {
  RawClient gone(api_->LocalName());
  gone.Send(kNext);
  Ask(Post("invocation/none/response", ""));  // By now the poll was read.
  gone.Close();
  Ask(Post("invocation/none/response", ""));  // And its end.

  api_->Submit(MakeInvocation("r-1"));

  EXPECT_THAT(Ask(kNext), HasSubstr("x-fc-request-id: r-1\r\n"));
}

TEST_F(RuntimeApiTest, LetsAPollHangUntilThereIsAnInvocation) {
  RawClient client = Connect();
  client.Send(kNext);
  Ask(Post("invocation/none/response", ""));  // By now the poll was read.

  api_->Submit(MakeInvocation("r-1"));

  EXPECT_THAT(client.ReadAnswer(), HasSubstr("x-fc-request-id: r-1\r\n"));
}

TEST_F(RuntimeApiTest, HandsOutInOrderAndEachOnce) {
  for (const char* const id : {"r-1", "r-2", "r-3"}) api_->Submit(MakeInvocation(id));

  for (const char* const id : {"r-1", "r-2", "r-3"}) {
    EXPECT_THAT(Ask(kNext), HasSubstr(std::string("x-fc-request-id: ") + id));
    EXPECT_EQ(events_.Take<Delivered>().request_id, id);
  }
}

TEST_F(RuntimeApiTest, ForgetsThePollOfARuntimeThatDied) {
  {
    RawClient dead = Connect();
    dead.Send(kNext);
    Ask(Post("invocation/none/response", ""));
    dead.Reset();
  }
  RawClient living = Connect();
  living.Send(kNext);
  Ask(Post("invocation/none/response", ""));

  api_->Submit(MakeInvocation("r-1"));

  EXPECT_THAT(living.ReadAnswer(), HasSubstr("x-fc-request-id: r-1\r\n"));
}

TEST_F(RuntimeApiTest, TakesAResult) {
  HandOut("r-1");

  const std::string answer =
      Ask(Post("invocation/r-1/response", "result", "x-fc-http-params: abc\r\n"));

  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
  const auto answered = events_.Take<Answered>();
  EXPECT_EQ(answered.request_id, "r-1");
  EXPECT_EQ(std::get<Response>(answered.outcome).body, "result");
  EXPECT_EQ(std::get<Response>(answered.outcome).http_params, "abc");
}

TEST_F(RuntimeApiTest, TakesAnError) {
  HandOut("r-1");
  const std::string document = R"({"errorMessage": "boom", "errorType": "ValueError"})";

  EXPECT_THAT(Ask(Post("invocation/r-1/error", document)), StartsWith("HTTP/1.1 200 OK\r\n"));

  const auto answered = events_.Take<Answered>();
  const auto& failure = std::get<Failure>(answered.outcome);
  EXPECT_EQ(failure.type, "ValueError");
  EXPECT_EQ(failure.document, document);
}

TEST_F(RuntimeApiTest, TakesAnErrorThatIsNoJson) {
  HandOut("r-1");

  Ask(Post("invocation/r-1/error", "not \xff json"));

  const auto answered = events_.Take<Answered>();
  EXPECT_EQ(std::get<Failure>(answered.outcome).type, "");
  EXPECT_EQ(std::get<Failure>(answered.outcome).document, "not \xff json");
}

TEST_F(RuntimeApiTest, TakesAPipelinedPostAndPoll) {
  HandOut("r-1");
  RawClient client = Connect();

  client.Send(Post("invocation/r-1/response", "one") + kNext);
  EXPECT_THAT(client.ReadAnswer(), StartsWith("HTTP/1.1 200 OK\r\n"));
  api_->Submit(MakeInvocation("r-2"));

  EXPECT_THAT(client.ReadAnswer(), HasSubstr("x-fc-request-id: r-2\r\n"));
}

TEST_F(RuntimeApiTest, RefusesASecondAnswer) {
  HandOut("r-1");
  Ask(Post("invocation/r-1/response", "first"));
  (void)events_.Take<Answered>();

  EXPECT_THAT(Ask(Post("invocation/r-1/response", "second")), StartsWith("HTTP/1.1 409 "));
  EXPECT_THAT(Ask(Post("invocation/r-1/error", "{}")), StartsWith("HTTP/1.1 409 "));
  EXPECT_TRUE(events_.IsEmpty());
}

TEST_F(RuntimeApiTest, TakesAnAnswerToAnIdThatIsHandedOutAgain) {
  HandOut("r-1");
  Ask(Post("invocation/r-1/response", "first"));
  (void)events_.Take<Answered>();

  HandOut("r-1");

  EXPECT_THAT(Ask(Post("invocation/r-1/response", "second")), StartsWith("HTTP/1.1 200 "));
  EXPECT_EQ(std::get<Response>(events_.Take<Answered>().outcome).body, "second");
}

TEST_F(RuntimeApiTest, RefusesAnswersToWhatWasGivenUp) {
  HandOut("r-1");

  EXPECT_TRUE(api_->GiveUp("r-1"));
  EXPECT_FALSE(api_->GiveUp("r-1"));
  EXPECT_FALSE(api_->GiveUp("r-unknown"));

  EXPECT_THAT(Ask(Post("invocation/r-1/response", "late")), StartsWith("HTTP/1.1 409 "));
}

TEST_F(RuntimeApiTest, RefusesAnswersToWhatWasNeverHandedOut) {
  api_->Submit(MakeInvocation("r-1"));

  EXPECT_THAT(Ask(Post("invocation/r-1/response", "early")), StartsWith("HTTP/1.1 404 "));
  EXPECT_THAT(Ask(Post("invocation/r-x/error", "{}")), StartsWith("HTTP/1.1 404 "));
}

TEST_F(RuntimeApiTest, FailsAnInvocationWhoseResultIsTooLarge) {
  HandOut("r-1");

  const std::string answer = Ask(Post("invocation/r-1/response", std::string(1001, 'x')));

  EXPECT_THAT(answer, AllOf(StartsWith("HTTP/1.1 413 "), HasSubstr("\"EntityTooLarge\"")));
  const auto answered = events_.Take<Answered>();
  const auto& failure = std::get<Failure>(answered.outcome);
  EXPECT_EQ(failure.type, "ResponseTooLarge");
  EXPECT_THAT(failure.document,
              HasSubstr("Response payload size 1001 exceeds the limit of 1000 bytes"));
}

TEST_F(RuntimeApiTest, FailsAnInvocationWhoseChunksAreTooLarge) {
  HandOut("r-1");

  Ask("POST /2020-11-11/runtime/invocation/r-1/response HTTP/1.1\r\nHost: h\r\n"
      "Transfer-Encoding: chunked\r\n\r\nfff\r\n");

  EXPECT_EQ(std::get<Failure>(events_.Take<Answered>().outcome).type, "ResponseTooLarge");
}

TEST_F(RuntimeApiTest, PassesOnThatTheRuntimeCannotServe) {
  EXPECT_THAT(Ask(Post("init/error", "{\"errorMessage\": \"no\"}")),
              StartsWith("HTTP/1.1 200 OK\r\n"));

  EXPECT_EQ(events_.Take<InitFailed>().document, "{\"errorMessage\": \"no\"}");
}

TEST_F(RuntimeApiTest, RefusesWhatIsNotTheProtocol) {
  struct Case {
    std::string request;
    int status;
  };
  const std::string get = "GET /2020-11-11/runtime/";
  const std::string rest = " HTTP/1.1\r\nHost: h\r\n\r\n";
  const Case cases[] = {
      {"GET / HTTP/1.1\r\nHost: h\r\n\r\n", 404},
      {"GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: h\r\n\r\n", 404},
      {get + "invocation/next/" + rest, 405},
      {get + "invocation/r-1/response" + rest, 405},
      {get + "init/error" + rest, 405},
      {Post("invocation/next", ""), 405},
      {Post("invocation//response", ""), 404},
      {Post("invocation/a/b/response", ""), 404},
      {Post("invocation/r-1/other", ""), 404},
      {Post("invocation/", ""), 404},
      {"nonsense\r\n\r\n", 400},
  };
  for (const Case& c : cases) {
    const std::string answer = Ask(c.request);

    EXPECT_THAT(answer, StartsWith("HTTP/1.1 " + std::to_string(c.status) + " ")) << c.request;
    const auto document =
        nlohmann::json::parse(answer.substr(answer.find("\r\n\r\n") + 4), nullptr, false);
    EXPECT_TRUE(document["ErrorCode"].is_string() && document["ErrorMessage"].is_string())
        << answer;
  }
  EXPECT_TRUE(events_.IsEmpty());
}

TEST_F(RuntimeApiTest, NamesTheMethodThatAPathTakes) {
  EXPECT_THAT(Ask(Post("invocation/next", "")), HasSubstr("Allow: GET\r\n"));
}

TEST_F(RuntimeApiTest, EndsWithPollsHanging) {
  RawClient client = Connect();
  client.Send(kNext);
  Ask(Post("invocation/none/response", ""));

  api_.reset();

  EXPECT_EQ(client.ReadToEnd(), "");
}

}  // namespace
}  // namespace openfc::emulator
