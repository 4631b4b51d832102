#include "runtime/http/request.h"

#include "runtime/http/request_parser.h"

#include <gtest/gtest.h>

#include <utility>

namespace openfc::http {
namespace {

Request Parse(std::string_view text) {
  RequestParser parser{RequestLimits()};
  while (parser.state() == RequestParser::State::kNeedMore && !text.empty()) {
    text.remove_prefix(parser.Feed(text));
  }
  return parser.TakeRequest();
}

constexpr std::string_view kText =
    "POST /a/b?c=d?e HTTP/1.1\r\nHost: h\r\nX-Fc-Request-Id:  r-1 \r\nX-Two: 1\r\nx-two: 2\r\n"
    "Content-Length: 4\r\n\r\nbody";

TEST(RequestTest, SplitsTheTargetAtTheFirstQuestionMark) {
  const Request request = Parse(kText);

  EXPECT_EQ(request.method(), "POST");
  EXPECT_EQ(request.target(), "/a/b?c=d?e");
  EXPECT_EQ(request.path(), "/a/b");
}

TEST(RequestTest, FindsHeadersWhateverTheirCase) {
  const Request request = Parse(kText);

  EXPECT_EQ(request.Header("x-fc-request-id"), "r-1");
  EXPECT_EQ(request.Header("X-TWO"), "1");
  EXPECT_EQ(request.Header("absent"), std::nullopt);
}

TEST(RequestTest, ListsHeadersAsTheyCame) {
  const Request request = Parse(kText);

  ASSERT_EQ(request.header_count(), 5U);
  EXPECT_EQ(request.header_name(2), "X-Two");
  EXPECT_EQ(request.header_value(3), "2");
}

TEST(RequestTest, IsWholeAfterAMove) {
  Request first = Parse("GET / HTTP/1.1\r\nHost: h\r\n\r\n");

  const Request second = std::move(first);

  EXPECT_EQ(second.method(), "GET");
  EXPECT_EQ(second.Header("host"), "h");
}

TEST(RequestTest, GivesItsBodyAway) {
  Request request = Parse(kText);

  EXPECT_EQ(request.body(), "body");
  EXPECT_EQ(request.TakeBody(), "body");
}

}  // namespace
}  // namespace openfc::http
