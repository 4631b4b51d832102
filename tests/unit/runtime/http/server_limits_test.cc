#include "runtime/http/server.h"
#include "tests/unit/runtime/http/server_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

namespace openfc::http {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

/// So many headers of so long a value.
std::string Headers(int count, std::size_t size) {
  std::string headers;
  for (int i = 0; i < count; ++i) headers += "X: " + std::string(size, 'x') + "\r\n";
  return headers;
}

class HttpServerLimitsTest : public ::testing::Test {
 protected:
  /// The whole conversation with a client that sends `bytes` and reads to the end.
  std::string AnswersTo(std::string_view bytes) {
    RawClient client(server_->port());
    client.Send(bytes);
    return client.ReadToEnd();
  }

  std::atomic<int> handled_ = 0;
  const std::unique_ptr<Server> server_ = StartServer(
      [this](Request request, Responder responder) {
        ++handled_;
        Echo(std::move(request), std::move(responder));
      },
      {.limits = {.max_header_bytes = 64UL * 1024, .max_body_bytes = 1000}});
};

TEST_F(HttpServerLimitsTest, RefusesALargeHead) {
  const std::string answer =
      AnswersTo("GET / HTTP/1.1\r\nHost: h\r\n" + Headers(10, 7'000) + "\r\n");

  EXPECT_THAT(answer, StartsWith("HTTP/1.1 431 "));
  EXPECT_THAT(answer, HasSubstr("Connection: close\r\n"));
  EXPECT_THAT(answer, EndsWith("The request's headers exceed the limit of 65536 bytes.\n"));
}

TEST_F(HttpServerLimitsTest, RefusesAnEndlessRequestLine) {
  EXPECT_THAT(AnswersTo("GET /" + std::string(1'000'000, 'x')), StartsWith("HTTP/1.1 414 "));
}

TEST_F(HttpServerLimitsTest, TakesAHeadOfNearlyTheLimit) {
  RawClient client(server_->port());

  client.Send("GET /big HTTP/1.1\r\nHost: h\r\n" + Headers(8, 8'100) + "\r\n");

  EXPECT_EQ(client.ReadBody(), "/big ");
}

TEST_F(HttpServerLimitsTest, RefusesALargeBodyAndLetsTheClientReadWhy) {
  const std::string answer = AnswersTo(Post("/", std::string(10'000'000, 'x')));

  EXPECT_THAT(answer, StartsWith("HTTP/1.1 413 "));
  EXPECT_THAT(answer, EndsWith("The request's body exceeds the limit of 1000 bytes.\n"));
}

TEST_F(HttpServerLimitsTest, RefusesALargeBodyBeforeItIsInvited) {
  const std::string answer = AnswersTo(
      "POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 1001\r\n\r\n");

  EXPECT_THAT(answer, StartsWith("HTTP/1.1 413 "));
}

TEST_F(HttpServerLimitsTest, RefusesLargeChunks) {
  EXPECT_THAT(
      AnswersTo("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nfffff\r\n"),
      StartsWith("HTTP/1.1 413 "));
}

TEST_F(HttpServerLimitsTest, RefusesBadRequestsWithoutTheHandler) {
  EXPECT_THAT(AnswersTo("nonsense\r\n\r\n"), StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(AnswersTo("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n"
                        "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
              StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(AnswersTo("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
              StartsWith("HTTP/1.1 400 "));
  EXPECT_EQ(handled_, 0);
}

TEST_F(HttpServerLimitsTest, AnswersWhatCameBeforeABadRequest) {
  const std::string answers = AnswersTo(Get("/good") + "nonsense\r\n\r\n" + Get("/after"));

  EXPECT_THAT(answers, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(answers, HasSubstr("\r\n\r\n/good HTTP/1.1 400 Bad Request\r\n"));
  EXPECT_EQ(handled_, 1);
}

TEST(HttpServerRefusalTest, IsWrittenByWhoeverAsksForThat) {
  const auto server = StartServer(
      Echo, {.limits = {.max_body_bytes = 10},
             .refuse = [](const Request& seen, const RequestParser::Refusal& refusal) {
               return Response{.status = refusal.status,
                               .body = std::string(seen.path()) + " " +
                                       std::string(seen.Header("content-length").value_or(""))};
             }});
  RawClient client(server->port());

  client.Send(Post("/too/large", std::string(11, 'x')));

  const std::string answer = client.ReadToEnd();
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 413 "));
  EXPECT_THAT(answer, EndsWith("/too/large 11"));
}

}  // namespace
}  // namespace openfc::http
