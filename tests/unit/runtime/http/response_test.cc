#include "runtime/http/response.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace openfc::http {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

std::string HeadOf(Response response, AnswerStyle style = {}) {
  std::string head;
  AppendHead(response, style, head);
  return head;
}

TEST(ResponseTest, WritesStatusHeadersAndLength) {
  const Response response{.status = 200, .headers = {{"X-A", "1"}, {"X-B", ""}}, .body = "12345"};

  EXPECT_EQ(HeadOf(response), "HTTP/1.1 200 OK\r\nX-A: 1\r\nX-B: \r\nContent-Length: 5\r\n\r\n");
}

TEST(ResponseTest, TellsWhatBecomesOfTheConnection) {
  EXPECT_THAT(HeadOf({}, {.keep_alive = false}), HasSubstr("Connection: close\r\n"));
  EXPECT_THAT(HeadOf({}, {.keep_alive = true, .is_http_1_0 = true}),
              HasSubstr("Connection: keep-alive\r\n"));
  EXPECT_THAT(HeadOf({}), Not(HasSubstr("Connection")));
}

TEST(ResponseTest, GivesNoLengthWhereThereIsNoBody) {
  EXPECT_THAT(HeadOf({.status = 204}), Not(HasSubstr("Content-Length")));
  EXPECT_THAT(HeadOf({.status = 304}), Not(HasSubstr("Content-Length")));
  EXPECT_FALSE(HasBody(204, {}));
  EXPECT_FALSE(HasBody(200, {.is_head = true}));
  EXPECT_TRUE(HasBody(200, {}));
}

TEST(ResponseTest, NamesUnknownStatusesToo) {
  EXPECT_THAT(HeadOf({.status = 299}), StartsWith("HTTP/1.1 299 Unknown\r\n"));
}

TEST(ResponseTest, NeverLetsAHeaderBecomeAnother) {
  const Response attempts[] = {
      {.headers = {{"X-A", "1\r\nSet-Cookie: stolen"}}},
      {.headers = {{"X-A", "1\nSet-Cookie: stolen"}}},
      {.headers = {{"X-A", std::string("1\0", 2)}}},
      {.headers = {{"X-A: 1\r\nSet-Cookie", "stolen"}}},
      {.headers = {{"", "stolen"}}},
      {.status = 1000},
      {.status = 100},
  };
  for (const Response& attempt : attempts) {
    const std::string head = HeadOf(attempt);

    EXPECT_THAT(head, StartsWith("HTTP/1.1 500 Internal Server Error\r\n"));
    EXPECT_THAT(head, Not(HasSubstr("stolen")));
  }
}

TEST(ResponseTest, FramesTheAnswerItself) {
  const Response response{
      .headers = {{"content-length", "999"}, {"Transfer-Encoding", "chunked"}, {"Upgrade", "h2"}},
      .body = "12345"};

  EXPECT_EQ(HeadOf(response), "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
}

TEST(ResponseTest, ClosesWhereTheAnswerAsksForIt) {
  EXPECT_THAT(HeadOf({.headers = {{"connection", "Close"}}}), HasSubstr("Connection: close\r\n"));
}

TEST(ResponseTest, TellsOfTheBodyThatHeadDoesNotShow) {
  EXPECT_THAT(HeadOf({.headers = {{"Content-Length", "999"}}}, {.is_head = true}),
              HasSubstr("Content-Length: 999\r\n"));
  EXPECT_THAT(HeadOf({.body = "12345"}, {.is_head = true}), HasSubstr("Content-Length: 5\r\n"));
}

struct StreamHeadCase {
  Response head;
  AnswerStyle style;
  Framing::Kind kind;
  std::string text;
};

TEST(StreamHeadTest, ChoosesHowTheEndIsTold) {
  using Kind = Framing::Kind;
  const StreamHeadCase cases[] = {
      {{}, {}, Kind::kChunks, "200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"},
      {{.headers = {{"Content-Length", "7"}}},
       {},
       Kind::kLength,
       "200 OK\r\nContent-Length: 7\r\n\r\n"},
      {{.headers = {{"Content-Length", "-7"}}},
       {},
       Kind::kChunks,
       "200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"},
      {{}, {.is_http_1_0 = true}, Kind::kToClose, "200 OK\r\nConnection: close\r\n\r\n"},
      {{}, {.is_head = true}, Kind::kNoBody, "200 OK\r\n\r\n"},
      {{.status = 204}, {}, Kind::kNoBody, "204 No Content\r\n\r\n"},
      {{.status = 304, .headers = {{"Content-Length", "7"}}},
       {},
       Kind::kNoBody,
       "304 Not Modified\r\n\r\n"},
  };
  for (const StreamHeadCase& row : cases) {
    AnswerStyle style = row.style;
    std::string text;

    const Framing framing = AppendStreamHead(row.head, style, text);

    EXPECT_EQ(framing.kind, row.kind) << row.text;
    EXPECT_EQ(text, "HTTP/1.1 " + row.text);
  }
}

}  // namespace
}  // namespace openfc::http
