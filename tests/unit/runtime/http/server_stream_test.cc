#include "runtime/http/server.h"
#include "tests/unit/runtime/http/ready.h"
#include "tests/unit/runtime/http/server_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <memory>
#include <optional>
#include <string>

namespace openfc::http {
namespace {

using std::chrono::milliseconds;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

/// That the answer has ended is told when the server's thread knows: until then chunks are taken.
ErrorCode WriteUntilRefused(AnswerWriter& writer, std::string_view chunk = "more") {
  Status written = Ok();
  while (written) written = writer.Write(chunk);
  return written.error().code;
}

/// A server whose answers the test writes itself.
class StreamedAnswerTest : public ::testing::Test {
 protected:
  std::unique_ptr<AnswerWriter> Begin(std::string_view request, Response head = {}) {
    client_.Send(request);
    return BeginNext(std::move(head));
  }

  std::unique_ptr<AnswerWriter> BeginNext(Response head = {}) {
    Responder responder = desk_.Take();
    auto writer = responder.Begin(std::move(head));
    if (!writer) throw std::runtime_error(writer.error().message);
    return *std::move(writer);
  }

  std::string ReadHead() { return client_.ReadUntil("\r\n\r\n"); }

  Desk desk_;
  const std::unique_ptr<Server> server_ = StartServer(desk_.handler());
  RawClient client_{server_->port()};
};

TEST_F(StreamedAnswerTest, SendsEachChunkBeforeTheNextIsProduced) {
  const auto writer = Begin(Get("/"), {.headers = {{"Content-Type", "text/event-stream"}}});
  EXPECT_THAT(ReadHead(), HasSubstr("Transfer-Encoding: chunked\r\n"));

  ASSERT_TRUE(writer->Write("data: 1\n\n").has_value());
  EXPECT_EQ(client_.ReadUntil("\n\n\r\n"), "9\r\ndata: 1\n\n\r\n");
  ASSERT_TRUE(writer->Write("data: 2\n\n").has_value());
  EXPECT_EQ(client_.ReadUntil("\n\n\r\n"), "9\r\ndata: 2\n\n\r\n");
  ASSERT_TRUE(writer->Finish().has_value());

  EXPECT_EQ(client_.ReadUntil("0\r\n\r\n"), "0\r\n\r\n");
}

TEST_F(StreamedAnswerTest, IsFollowedByTheNextRequestOfTheConnection) {
  client_.Send(Get("/1") + Get("/2"));
  {
    const auto first = BeginNext();
    ASSERT_TRUE(first->Finish().has_value());
  }
  const auto second = BeginNext({.headers = {{"Content-Length", "2"}}});
  ASSERT_TRUE(second->Write("ok").has_value());
  ASSERT_TRUE(second->Finish().has_value());

  EXPECT_THAT(client_.ReadUntil("0\r\n\r\n"), StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_EQ(client_.ReadBody(), "ok");
}

TEST_F(StreamedAnswerTest, BeginsWithTheBodyOfItsHead) {
  const auto writer = Begin(Get("/"), {.body = "first "});
  ASSERT_TRUE(writer->Write("then").has_value());
  ASSERT_TRUE(writer->Finish().has_value());

  const std::string answer = client_.ReadUntil("0\r\n\r\n");
  EXPECT_LT(answer.find("first "), answer.find("then"));
}

TEST_F(StreamedAnswerTest, IsCutOffWhenItsWriterGoes) {
  auto writer = Begin(Get("/"));
  ASSERT_TRUE(writer->Write("half").has_value());
  writer.reset();

  EXPECT_THAT(client_.ReadToEnd(), EndsWith("\r\n\r\n4\r\nhalf\r\n"));
}

TEST_F(StreamedAnswerTest, IsCutOffWhereItFallsShortOfItsLength) {
  const auto writer = Begin(Get("/"), {.headers = {{"Content-Length", "10"}}});
  ASSERT_TRUE(writer->Write("half").has_value());
  ASSERT_TRUE(writer->Finish().has_value());

  EXPECT_THAT(client_.ReadToEnd(), EndsWith("\r\n\r\nhalf"));
}

TEST_F(StreamedAnswerTest, NeverExceedsItsLength) {
  const auto writer = Begin(Get("/"), {.headers = {{"Content-Length", "4"}}});
  ASSERT_TRUE(writer->Write("just too much").has_value());
  ASSERT_TRUE(writer->Finish().has_value());

  EXPECT_EQ(client_.ReadBody(), "just");
  const auto next = Begin(Get("/2"), {.headers = {{"Content-Length", "0"}}});
  EXPECT_THAT(ReadHead(), StartsWith("HTTP/1.1 200 OK\r\n"));
}

TEST_F(StreamedAnswerTest, EndsWithTheConnectionForAnOldClient) {
  const auto writer = Begin("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  ASSERT_TRUE(writer->Write("all").has_value());
  ASSERT_TRUE(writer->Write(" of it").has_value());
  ASSERT_TRUE(writer->Finish().has_value());

  const std::string answer = client_.ReadToEnd();
  EXPECT_THAT(answer, HasSubstr("Connection: close\r\n"));
  EXPECT_THAT(answer, Not(HasSubstr("chunked")));
  EXPECT_THAT(answer, EndsWith("\r\n\r\nall of it"));
}

TEST_F(StreamedAnswerTest, ThatIsCutOffResetsAnOldClient) {
  auto writer = Begin("GET / HTTP/1.0\r\n\r\n");
  ASSERT_TRUE(writer->Write("half").has_value());
  EXPECT_THAT(client_.ReadUntil("half"), EndsWith("half"));
  writer.reset();

  EXPECT_TRUE(client_.AwaitReset());
}

TEST_F(StreamedAnswerTest, HasNoBodyForHead) {
  const auto writer = Begin("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n");
  ASSERT_TRUE(writer->Write("not to be seen").has_value());
  ASSERT_TRUE(writer->Finish().has_value());
  const auto next = Begin(Get("/2"), {.status = 204});
  ASSERT_TRUE(next->Finish().has_value());

  EXPECT_THAT(ReadHead(), Not(HasSubstr("chunked")));
  EXPECT_THAT(ReadHead(), StartsWith("HTTP/1.1 204 No Content\r\n"));
}

TEST_F(StreamedAnswerTest, TellsItsProducerThatTheClientReset) {
  const auto writer = Begin(Get("/"));
  ReadHead();
  client_.Reset();

  EXPECT_EQ(WriteUntilRefused(*writer), ErrorCode::kCancelled);
}

TEST_F(StreamedAnswerTest, TellsThatTheClientClosedWhileItIsSilent) {
  client_.Send(Get("/"));
  Responder responder = desk_.Take();
  std::promise<void> gone;
  responder.WhenHalfClosed([&gone] { gone.set_value(); });
  const auto writer = responder.Begin({});
  ASSERT_TRUE(writer.has_value());
  ReadHead();

  client_.Close();

  gone.get_future().wait();
}

TEST_F(StreamedAnswerTest, ReachesAClientThatHasClosedItsSendingHalf) {
  const auto writer = Begin(Get("/"));
  ReadHead();
  client_.StopSending();

  ASSERT_TRUE(writer->Write("late").has_value());
  ASSERT_TRUE(writer->Finish().has_value());

  EXPECT_THAT(client_.ReadToEnd(), HasSubstr("late"));
}

TEST_F(StreamedAnswerTest, HoldsItsProducerBackWhileTheClientDoesNotRead) {
  const auto writer = Begin(Get("/"), {.headers = {{"Content-Length", "1000000000"}}});
  const std::string chunk(64UL * 1024, 'x');
  Ready ready;
  std::size_t taken = 0;

  while (*writer->TryWrite(chunk, ready.callback())) taken += chunk.size();
  taken += chunk.size();

  // What the kernel's buffers hold, and ours: far from all.
  EXPECT_LT(taken, 100'000'000U);
  ReadHead();
  client_.Read(taken);
  ready.Await();
  EXPECT_TRUE(writer->TryWrite("x", ready.callback()).has_value());
}

TEST_F(StreamedAnswerTest, IsNotCutByThePatienceWithTheClient) {
  const milliseconds none(1);
  const auto server =
      StartServer(desk_.handler(), {.patience = {.head = none, .body = none, .write = none}});
  RawClient client(server->port());
  client.Send(Get("/"));
  const auto writer = BeginNext();
  client.ReadUntil("\r\n\r\n");
  RawClient slow(server->port());
  slow.Send("GET ");
  EXPECT_THAT(slow.ReadToEnd(), StartsWith("HTTP/1.1 408 "));  // So patience has come to its end.

  ASSERT_TRUE(writer->Write("late").has_value());
  EXPECT_EQ(client.ReadUntil("late\r\n"), "4\r\nlate\r\n");
}

TEST_F(StreamedAnswerTest, ToAClientThatDoesNotReadIsGivenUp) {
  const auto server = StartServer(desk_.handler(), {.patience = {.write = milliseconds(1)}});
  RawClient client(server->port());
  client.Send(Get("/"));
  const auto writer = BeginNext();
  const std::string chunk(64UL * 1024, 'x');

  EXPECT_EQ(WriteUntilRefused(*writer, chunk), ErrorCode::kCancelled);
}

TEST_F(StreamedAnswerTest, EndsWithTheServer) {
  const auto writer = Begin(Get("/"));
  ReadHead();

  server_->Stop();

  EXPECT_EQ(writer->Write("late").error().code, ErrorCode::kCancelled);
}

class OverrulerTest : public StreamedAnswerTest {};

TEST_F(OverrulerTest, AnswersInTheHandlersPlace) {
  client_.Send(Get("/1"));
  Responder responder = desk_.Take();

  responder.overruler().Answer({.status = 504, .body = "too late"});
  std::move(responder).Send({.body = "never seen"});

  EXPECT_THAT(client_.ReadAnswer(), StartsWith("HTTP/1.1 504 "));
  const auto next = Begin(Get("/2"), {.headers = {{"Content-Length", "0"}}});
  EXPECT_THAT(ReadHead(), StartsWith("HTTP/1.1 200 OK\r\n"));
}

TEST_F(OverrulerTest, CutsOffAnAnswerThatHasBegun) {
  client_.Send(Get("/1"));
  Responder responder = desk_.Take();
  const Overruler overruler = responder.overruler();
  const auto writer = responder.Begin({});
  ASSERT_TRUE(writer.has_value());
  ASSERT_TRUE((*writer)->Write("half").has_value());

  overruler.Answer({.status = 504});

  EXPECT_THAT(client_.ReadToEnd(), EndsWith("4\r\nhalf\r\n"));
  EXPECT_EQ(WriteUntilRefused(**writer), ErrorCode::kCancelled);
}

TEST_F(OverrulerTest, LeavesACompleteAnswerAlone) {
  client_.Send(Get("/1"));
  Responder responder = desk_.Take();
  const Overruler overruler = responder.overruler();
  std::move(responder).Send({.body = "in time"});
  EXPECT_EQ(client_.ReadBody(), "in time");
  client_.Send(Get("/2"));
  Responder second = desk_.Take();

  overruler.Answer({.status = 504});
  std::move(second).Send({.body = "its own"});

  EXPECT_EQ(client_.ReadBody(), "its own");
}

TEST_F(OverrulerTest, MakesALaterBeginVain) {
  client_.Send(Get("/1"));
  Responder responder = desk_.Take();

  responder.overruler().Answer({.status = 504});
  const auto writer = responder.Begin({});

  ASSERT_TRUE(writer.has_value());
  EXPECT_THAT(client_.ReadAnswer(), StartsWith("HTTP/1.1 504 "));
  EXPECT_EQ(WriteUntilRefused(**writer), ErrorCode::kCancelled);
}

}  // namespace
}  // namespace openfc::http
