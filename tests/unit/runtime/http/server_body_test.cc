#include "runtime/http/body_pipe.h"
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
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr std::string_view kChunkedHead =
    "POST /up HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";

std::string SizedHead(std::size_t size, std::string_view more = "") {
  return "POST /up HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(size) + "\r\n" +
         std::string(more) + "\r\n";
}

std::string ReadAll(BodySource& source) {
  std::string body;
  for (;;) {
    const auto part = source.Read();
    if (!part) return body + "<" + part.error().message + ">";
    if (part->empty()) return body;
    body += *part;
  }
}

/// A server that streams bodies to `/up`; the test is its handler.
class StreamedBodyTest : public ::testing::Test {
 protected:
  ServerOptions Options() {
    return {.limits = {.max_body_bytes = 10UL * 1024 * 1024},
            .streams_body = [](const Request& head) { return head.path() == "/up"; }};
  }

  void Take() { call_ = desk_.TakeCall(); }
  std::unique_ptr<BodySource> TakeSource() {
    Take();
    return call_->request.TakeBodySource();
  }
  void Answer(std::string body) { std::move(call_->responder).Send(Text(std::move(body))); }

  Desk desk_;
  std::optional<Desk::Call> call_;
  const std::unique_ptr<Server> server_ = StartServer(desk_.handler(), Options());
  RawClient client_{server_->port()};
};

TEST_F(StreamedBodyTest, IsReadWhileItComes) {
  client_.Send(SizedHead(6));
  const auto source = TakeSource();
  ASSERT_NE(source, nullptr);

  client_.Send("one");
  EXPECT_EQ(*source->Read(), "one");
  client_.Send("two");
  EXPECT_EQ(*source->Read(), "two");
  EXPECT_EQ(*source->Read(), "");
  Answer("done");

  EXPECT_EQ(client_.ReadBody(), "done");
}

TEST_F(StreamedBodyTest, IsReadInChunks) {
  client_.Send(kChunkedHead);
  const auto source = TakeSource();
  ASSERT_NE(source, nullptr);

  client_.Send("3\r\none\r\n");
  EXPECT_EQ(*source->Read(), "one");
  client_.Send("3\r\ntwo\r\n0\r\n\r\n");
  EXPECT_EQ(ReadAll(*source), "two");
}

TEST_F(StreamedBodyTest, IsWholeWhenItCameAlongWithItsHead) {
  client_.Send(Post("/up", "small"));
  Take();

  EXPECT_EQ(call_->request.body(), "small");
  EXPECT_EQ(call_->request.TakeBodySource(), nullptr);
}

TEST_F(StreamedBodyTest, IsWholeWhereItWasNotAskedFor) {
  client_.Send("POST /whole HTTP/1.1\r\nHost: h\r\nContent-Length: 6\r\n\r\n");
  client_.Send("onetwo");
  Take();

  EXPECT_EQ(call_->request.body(), "onetwo");
}

TEST_F(StreamedBodyTest, ComesWithItsHead) {
  client_.Send(SizedHead(3, "X-Kind: a\r\n"));
  Take();

  EXPECT_EQ(call_->request.method(), "POST");
  EXPECT_EQ(call_->request.Header("x-kind"), "a");
  EXPECT_EQ(call_->request.endpoints().client_address, "127.0.0.1");
  EXPECT_EQ(call_->request.endpoints().server_port, server_->port());
}

TEST_F(StreamedBodyTest, IsInvitedWhenItIsFirstAskedFor) {
  client_.Send(SizedHead(3, "Expect: 100-continue\r\n"));
  const auto source = TakeSource();
  auto read = std::async(std::launch::async, [&source] { return ReadAll(*source); });

  EXPECT_EQ(client_.ReadUntil("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  client_.Send("abc");

  EXPECT_EQ(read.get(), "abc");
  Answer("done");
  EXPECT_EQ(client_.ReadBody(), "done");
}

TEST_F(StreamedBodyTest, IsNotInvitedByAnAnswerAndTheConnectionThenCloses) {
  client_.Send(SizedHead(3, "Expect: 100-continue\r\n"));
  Take();

  Answer("not wanted");

  const std::string answer = client_.ReadToEnd();
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(answer, HasSubstr("Connection: close\r\n"));
}

TEST_F(StreamedBodyTest, WaitsWithTheClientWhileItIsNotRead) {
  constexpr std::size_t size = 9UL * 1024 * 1024;
  client_.Send(SizedHead(size));
  const auto source = TakeSource();
  auto sent =
      std::async(std::launch::async, [this] { return client_.Send(std::string(size, 'x')); });

  std::size_t count = 0;
  for (auto part = source->Read(); part && !part->empty(); part = source->Read()) {
    EXPECT_LT(part->size(), 1024UL * 1024);  // No more than that was ever taken in advance.
    count += part->size();
  }

  EXPECT_EQ(count, size);
  EXPECT_TRUE(sent.get());
}

TEST_F(StreamedBodyTest, RingsForAReaderThatDoesNotBlock) {
  client_.Send(SizedHead(3));
  const auto source = TakeSource();
  Ready ready;
  ASSERT_FALSE(source->TryRead(ready.callback()).has_value());

  client_.Send("abc");
  ready.Await();

  EXPECT_EQ(**source->TryRead(ready.callback()), "abc");
}

TEST_F(StreamedBodyTest, IsCancelledWhenTheClientGoes) {
  client_.Send(SizedHead(10) + "half");
  const auto source = TakeSource();

  client_.Close();

  EXPECT_EQ(ReadAll(*source), "half<the client went away>");
  EXPECT_TRUE(call_->responder.IsHalfClosed());
}

TEST_F(StreamedBodyTest, IsReadToItsEndThoughTheClientStoppedSending) {
  const std::string body(BodyPipe::kEnough + 20'000, 'x');
  client_.Send(SizedHead(body.size()));
  const auto source = TakeSource();
  client_.Send(body);
  client_.StopSending();

  EXPECT_EQ(ReadAll(*source), body);
  Answer("done");
  EXPECT_EQ(client_.ReadBody(), "done");
}

TEST_F(StreamedBodyTest, ThatIsTooLargeIsRefusedOnTheWay) {
  client_.Send(kChunkedHead);
  const auto source = TakeSource();
  client_.Send("3\r\nabc\r\nffffff\r\n");

  EXPECT_EQ(ReadAll(*source), "abc<The request's body exceeds the limit of 10485760 bytes.>");
  EXPECT_THAT(client_.ReadToEnd(), StartsWith("HTTP/1.1 413 "));
  Answer("never seen");
}

TEST_F(StreamedBodyTest, ThatIsMalformedIsRefusedOnTheWay) {
  client_.Send(kChunkedHead);
  const auto source = TakeSource();
  client_.Send("zz\r\n");

  EXPECT_THAT(client_.ReadToEnd(), StartsWith("HTTP/1.1 400 "));
  EXPECT_EQ(source->Read().error().code, ErrorCode::kProtocol);
}

TEST_F(StreamedBodyTest, ThatBreaksUnderABegunAnswerCutsItOff) {
  client_.Send(kChunkedHead);
  Take();
  const auto writer = call_->responder.Begin({});
  ASSERT_TRUE(writer.has_value());
  client_.ReadUntil("\r\n\r\n");

  client_.Send("zz\r\n");

  EXPECT_EQ(client_.ReadToEnd(), "");
}

TEST_F(StreamedBodyTest, ThatNobodyReadIsDroppedForTheNextRequest) {
  client_.Send(SizedHead(6));
  Take();
  Answer("early");
  EXPECT_EQ(client_.ReadBody(), "early");

  client_.Send("dropit" + Get("/next"));
  Take();
  EXPECT_EQ(call_->request.path(), "/next");
  Answer("next");
  EXPECT_EQ(client_.ReadBody(), "next");
}

TEST_F(StreamedBodyTest, ThatIsTooMuchToDropClosesTheConnection) {
  client_.Send(SizedHead(9UL * 1024 * 1024));
  Take();

  Answer("early");

  EXPECT_THAT(client_.ReadToEnd(), HasSubstr("Connection: close\r\n"));
}

TEST_F(StreamedBodyTest, ThatTurnsOutTooMuchToDropClosesTheConnection) {
  client_.Send(kChunkedHead);
  Take();
  Answer("early");
  EXPECT_EQ(client_.ReadBody(), "early");

  client_.Send("100000\r\n" + std::string(0x100000, 'x') + "\r\n0\r\n\r\n" + Get("/next"));

  EXPECT_EQ(client_.ReadToEnd(), "");
}

TEST_F(StreamedBodyTest, EndsForItsReaderWithTheAnswer) {
  client_.Send(SizedHead(6));
  const auto source = TakeSource();
  Answer("early");

  EXPECT_EQ(source->Read().error().code, ErrorCode::kCancelled);
}

TEST_F(StreamedBodyTest, GoesBothWaysAtOnce) {
  client_.Send(kChunkedHead);
  const auto source = TakeSource();
  const auto writer = call_->responder.Begin({});
  ASSERT_TRUE(writer.has_value());
  client_.ReadUntil("\r\n\r\n");

  for (const std::string word : {"one", "two"}) {
    client_.Send("3\r\n" + word + "\r\n");
    const auto part = source->Read();
    ASSERT_TRUE((*writer)->Write(*part).has_value());
    EXPECT_EQ(client_.ReadUntil(word + "\r\n"), "3\r\n" + word + "\r\n");
  }
  client_.Send("0\r\n\r\n");
  EXPECT_EQ(*source->Read(), "");
  ASSERT_TRUE((*writer)->Finish().has_value());
  EXPECT_EQ(client_.ReadUntil("0\r\n\r\n"), "0\r\n\r\n");
}

TEST_F(StreamedBodyTest, ThatTricklesIsRefusedWhileItIsWaitedFor) {
  ServerOptions options = Options();
  options.patience.body = milliseconds(1);
  const auto server = StartServer(desk_.handler(), options);
  RawClient client(server->port());
  client.Send(SizedHead(10) + "x");
  const auto source = TakeSource();

  EXPECT_EQ(ReadAll(*source), "x<The client took too long to send its request.>");
  EXPECT_THAT(client.ReadToEnd(), StartsWith("HTTP/1.1 408 "));
}

class PatienceTest : public ::testing::Test {
 protected:
  std::string AnswerTo(std::string_view part) {
    RawClient client(server_->port());
    client.Send(part);
    return client.ReadToEnd();
  }

  const std::unique_ptr<Server> server_ =
      StartServer(Echo, {.patience = {.head = milliseconds(1), .body = milliseconds(1)}});
};

TEST_F(PatienceTest, EndsForAHeadThatDoesNotEnd) {
  EXPECT_THAT(AnswerTo("GET / HTTP/1.1\r\nHost: h\r\nX-A: "), StartsWith("HTTP/1.1 408 "));
  EXPECT_THAT(AnswerTo("GET / HTTP/1.1\r\nHost: h\r\nX-A: b\r\n"), StartsWith("HTTP/1.1 408 "));
  EXPECT_THAT(AnswerTo("G"), StartsWith("HTTP/1.1 408 "));
}

TEST_F(PatienceTest, EndsForABodyThatDoesNotEnd) {
  EXPECT_THAT(AnswerTo(SizedHead(10) + "x"), StartsWith("HTTP/1.1 408 "));
  EXPECT_THAT(AnswerTo(std::string(kChunkedHead) + "1\r\nx\r\n"), StartsWith("HTTP/1.1 408 "));
  EXPECT_THAT(AnswerTo(std::string(kChunkedHead) + "5"), StartsWith("HTTP/1.1 408 "));
}

TEST_F(PatienceTest, NeverEndsForAnIdleConnection) {
  RawClient fresh(server_->port());
  RawClient used(server_->port());
  used.Send(Get("/1"));
  EXPECT_EQ(used.ReadBody(), "/1 ");
  AnswerTo("G");  // So patience has come to its end.

  used.Send(Get("/2"));
  fresh.Send(Get("/3"));

  EXPECT_EQ(used.ReadBody(), "/2 ");
  EXPECT_EQ(fresh.ReadBody(), "/3 ");
}

}  // namespace
}  // namespace openfc::http
