#include "runtime/http/response.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace openfc::http {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

std::string HeadOf(Response response, const AnswerStyle& style = {}) {
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

}  // namespace
}  // namespace openfc::http
