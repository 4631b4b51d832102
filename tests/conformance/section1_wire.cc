// Section 1, the wire: which requests the runtime makes, and what it makes of an answer.

#include "tests/conformance/row.h"
#include "tests/conformance/tcp_state.h"
#include "tests/fakes/peer.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <atomic>
#include <set>

namespace openfc::testing {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::string_view kEcho = "def handler(event, context):\n    return event\n";
const std::string kRaise = "def handler(event, context):\n    raise ValueError('no')\n";
const std::string kUserAgent = "openfc-python/" OPENFC_VERSION;

Files Echo() { return Index(std::string(kEcho)); }

void ExpectUserAgent(const Request& request) {
  EXPECT_EQ(request.Header("User-Agent"), kUserAgent) << request.path;
}

Expectation PostedUnder(const std::string& path, const std::string& content_type) {
  return [=](const Request& post, const Instance& /*instance*/) {
    EXPECT_EQ(post.method, "POST");
    EXPECT_EQ(post.path, path);
    EXPECT_EQ(post.Header("Content-Type"), content_type);
    EXPECT_FALSE(post.Header("x-fc-http-params"));
    ExpectUserAgent(post);
  };
}

void PollsFirst(Instance& instance) {
  ASSERT_TRUE(instance.platform().AwaitPolls(1));

  const Request first = instance.platform().requests().front();

  EXPECT_EQ(first.method, "GET");
  EXPECT_EQ(first.path, "/2020-11-11/runtime/invocation/next");
  EXPECT_THAT(first.body, IsEmpty());
  ExpectUserAgent(first);
}

void PollsOnlyAfterItsPost(Instance& instance) {
  ASSERT_TRUE(instance.Invoke("one"));
  ASSERT_TRUE(instance.Invoke("two"));
  ASSERT_TRUE(instance.platform().AwaitPolls(3));

  std::vector<std::string> methods;
  for (const auto& request : instance.platform().requests()) methods.push_back(request.method);

  EXPECT_THAT(methods, ::testing::ElementsAre("GET", "POST", "GET", "POST", "GET"));
}

void KeepsOneConnection(Instance& instance) {
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(instance.Invoke("event"));
  ASSERT_TRUE(instance.platform().AwaitPolls(6));

  std::set<std::size_t> connections;
  for (const auto& request : instance.platform().requests()) connections.insert(request.connection);

  // One for all, or one for the polls and one for the posts.
  EXPECT_LE(connections.size(), 2U);
}

void KeepsThePollAliveByTcp(Instance& instance) {
  ASSERT_TRUE(instance.platform().AwaitPolls(1));

  EXPECT_EQ(CountKeepAliveTimers(instance.platform().port()), 1);
}

/// The second request arrives with the first: before the post was answered.
void SendsPostAndPollTogether(Instance& instance) {
  constexpr int kRounds = 5'000;  // Tried after a quick poll only: one of so many will be.
  std::atomic<bool> came_together{false};
  const auto event = [](int number) {
    return "HTTP/1.1 200 OK\r\nx-fc-request-id: r-" + std::to_string(number) +
           "\r\nx-fc-function-handler: index.handler\r\nContent-Length: 0\r\n\r\n";
  };
  Peer platform([&](Peer& peer) {
    peer.Accept();
    peer.ReadRequest();
    for (int i = 0; i < kRounds && !came_together; ++i) {
      peer.Send(event(i));
      peer.ReadRequest();
      came_together = peer.HasUnread();
      peer.Send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
      peer.ReadRequest();
    }
    peer.Send(event(kRounds));
    EXPECT_THAT(peer.ReadRequest(), ::testing::HasSubstr("/r-5000/response"));
  });

  instance.Start({{"FC_RUNTIME_API", "127.0.0.1:" + std::to_string(platform.port())}});
  platform.AwaitScript();

  EXPECT_TRUE(came_together);
}

Row AcceptedWith(const std::string& rule, int status) {
  return {.rule = rule, .files = Echo(), .play = [status](Instance& instance) {
            instance.platform().AnswerPost(Respond(status));
            ASSERT_TRUE(instance.Invoke("one"));
            ASSERT_TRUE(instance.Invoke("two"));
            ASSERT_TRUE(instance.platform().AwaitPolls(3));
            EXPECT_THAT(instance.platform().PostsFor("r-1"), SizeIs(1));
          }};
}

/// The platform's answer to the poll is `head` and `rest`; the event that arrives is "event".
Row Reads(const std::string& rule, const std::string& rest, Answer::Then then,
          const std::string& head = "HTTP/1.1 200 OK\r\n") {
  return {.rule = rule, .files = Echo(), .play = [=](Instance& instance) {
            const std::string id =
                "x-fc-request-id: raw\r\nx-fc-function-handler: index.handler\r\n";
            instance.platform().AnswerNext(Raw(head + id + rest, then));
            const auto post = instance.platform().AwaitPostFor("raw");
            ASSERT_TRUE(post);
            EXPECT_EQ(post->body, "event");
          }};
}

void ReadsAnAnswerByteByByte(Instance& instance) {
  instance.platform().AnswerNext(ByteByByte(Invoke("r-1", "event")));

  const auto post = instance.platform().AwaitPostFor("r-1");

  ASSERT_TRUE(post);
  EXPECT_EQ(post->body, "event");
}

/// An id that the grammar allows is answered under its path.
Row AnswersTheId(const std::string& rule, const std::string& id) {
  return {.rule = rule, .files = Echo(), .play = [id](Instance& instance) {
            instance.platform().AnswerNext(Invoke(id, "event"));
            const auto post = instance.platform().AwaitPostFor(id);
            ASSERT_TRUE(post);
            EXPECT_EQ(post->path, "/2020-11-11/runtime/invocation/" + id + "/response");
          }};
}

Row PassesEvent(const std::string& rule, const std::string& event) {
  return {.rule = rule, .files = Echo(), .calls = {{.event = event, .expected = Body(event)}}};
}

void PassesEightMegabytes(Instance& instance) {
  const std::string event(8U << 20U, 'x');
  const auto post = instance.Invoke(event);
  ASSERT_TRUE(post);
  Body(event)(*post, instance);
}

std::string AllBytes() {
  std::string all;
  for (int i = 0; i < 256; ++i) all.push_back(static_cast<char>(i));
  return all;
}

Row TakesForAnInvocation(const std::string& rule, const std::string& type) {
  return {.rule = rule,
          .files = Echo(),
          .calls = {{.event = "event",
                     .headers = {{"x-fc-function-type", type}},
                     .expected = Body("event")}},
          .log =
              "FunctionCompute python3 runtime inited.\nFC Invoke Start RequestId: r-1\n"
              "FC Invoke End RequestId: r-1\n"};
}

void SaysThatItCannotServe(Instance& instance) {
  ASSERT_TRUE(instance.platform().AwaitPosts(1));

  const Request post = instance.platform().posts().front();

  EXPECT_EQ(post.path, "/2020-11-11/runtime/init/error");
  EXPECT_EQ(post.Header("Content-Type"), "application/json");
  const auto document = nlohmann::json::parse(post.body, nullptr, /*allow_exceptions=*/false);
  ASSERT_TRUE(document.is_object()) << post.body;
  EXPECT_TRUE(document.contains("errorType"));
  EXPECT_TRUE(document.contains("errorMessage"));
  EXPECT_THAT(instance.platform().polls(), IsEmpty());
}

const std::vector<Row> kRows = {
    {.rule = "AsksForAnInvocationFirst", .files = Echo(), .play = PollsFirst},
    {.rule = "PollsAgainOnlyAfterThePost", .files = Echo(), .play = PollsOnlyAfterItsPost},
    {.rule = "PostsAResultToResponseAsAnOctetStream",
     .files = Echo(),
     .calls = {{.expected = PostedUnder("/2020-11-11/runtime/invocation/r-1/response",
                                        "application/octet-stream")}}},
    {.rule = "PostsAnErrorToErrorAsJson",
     .files = Index(kRaise),
     .calls = {{.expected =
                    PostedUnder("/2020-11-11/runtime/invocation/r-1/error", "application/json")}}},
    {.rule = "PostsAnImportThatFailedToError",
     .calls = {{.expected =
                    PostedUnder("/2020-11-11/runtime/invocation/r-1/error", "application/json")}}},
    {.rule = "PostsToInitErrorWhenItCannotServe",
     .files = Echo(),
     .environment = {{"PYTHONHOME", "/nonexistent"}},
     .play = SaysThatItCannotServe},
    {.rule = "PostsToInitErrorWithoutACodePath",
     .environment = {{"FC_FUNC_CODE_PATH", "/nonexistent"}},
     .play = SaysThatItCannotServe},
    AcceptedWith("TakesA200ForAcceptance", 200),
    AcceptedWith("TakesA202ForAcceptance", 202),
    {.rule = "UsesItsConnectionsAgain", .files = Echo(), .play = KeepsOneConnection},
    {.rule = "SendsAPostAndTheNextPollTogether",
     .files = Echo(),
     .play = SendsPostAndPollTogether,
     .unstarted = true},
    {.rule = "KeepsThePollAliveByTcp", .files = Echo(), .play = KeepsThePollAliveByTcp},

    PassesEvent("PassesAnEmptyEvent", ""),
    PassesEvent("PassesAllByteValues", AllBytes()),
    PassesEvent("PassesAnEventThatIsNotJson", "{\"broken\": "),
    {.rule = "PassesAnEventOfEightMegabytes", .files = Echo(), .play = PassesEightMegabytes},
    Reads("ReadsABodyUntilTheEndOfTheConnection", "\r\nevent", Answer::Then::kClose),
    Reads("ReadsAChunkedBody", "Transfer-Encoding: chunked\r\n\r\n3\r\neve\r\n2\r\nnt\r\n0\r\n\r\n",
          Answer::Then::kKeep),
    Reads("ReadsHeaderNamesInAnyCase", "CONTENT-length: 5\r\n\r\nevent", Answer::Then::kKeep),
    Reads("ReadsAnAnswerThatEndsItsConnection",
          "Connection: close\r\nContent-Length: 5\r\n\r\nevent", Answer::Then::kClose),
    Reads("ReadsAHeadAfterA100Continue", "Content-Length: 5\r\n\r\nevent", Answer::Then::kKeep,
          "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n"),
    Reads("ReadsAHeaderLineOf20Kilobytes",
          "x-fc-access-key-id: " + std::string(20'000, 'x') + "\r\nContent-Length: 5\r\n\r\nevent",
          Answer::Then::kKeep),
    {.rule = "ReadsAnAnswerByteByByte", .files = Echo(), .play = ReadsAnAnswerByteByByte},

    AnswersTheId("AnswersAnIdOfOneCharacter", "a"),
    AnswersTheId("AnswersAnIdOf128Characters", std::string(128, 'a')),
    AnswersTheId("AnswersAnIdOfAllAllowedCharacters",
                 "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"),

    TakesForAnInvocation("TakesType0ForAnInvocation", "0"),
    TakesForAnInvocation("TakesAnUnknownTypeForAnInvocation", "4"),
    TakesForAnInvocation("TakesANegativeTypeForAnInvocation", "-1"),
    TakesForAnInvocation("TakesAnUnreadableTypeForAnInvocation", "initialize"),
};

OPENFC_CONFORMANCE_ROWS(Section1Wire, kRows);

}  // namespace
}  // namespace openfc::testing
