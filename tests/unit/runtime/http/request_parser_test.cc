#include "runtime/http/request_parser.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace openfc::http {
namespace {

using ::testing::HasSubstr;
using State = RequestParser::State;

/// Offers `text` as a connection would: what was not used is offered again with `step` bytes more.
void FeedAll(RequestParser& parser, std::string_view text, std::size_t step = std::string::npos) {
  std::size_t begin = 0;
  std::size_t end = 0;
  while (parser.state() == State::kNeedMore) {
    const std::size_t used = parser.Feed(text.substr(begin, end - begin));
    begin += used;
    if (used > 0) continue;
    if (end == text.size()) return;
    end += std::min(step, text.size() - end);
  }
}

std::string Get(std::string_view headers) {
  return "GET / HTTP/1.1\r\nHost: h\r\n" + std::string(headers) + "\r\n";
}

std::string Chunked(std::string_view chunks) {
  return "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" + std::string(chunks);
}

int StatusOf(std::string_view text, const RequestLimits& limits = {}) {
  RequestParser parser(limits);
  FeedAll(parser, text);
  if (parser.state() == State::kComplete) return 200;
  return parser.state() == State::kRefused ? parser.refusal().status : 0;
}

TEST(RequestParserTest, ReadsTheSameRequestHoweverItIsCut) {
  const std::string text =
      "\r\nPOST /p HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n0123456789";
  for (std::size_t step = 1; step <= text.size(); ++step) {
    RequestParser parser{RequestLimits()};

    FeedAll(parser, text, step);

    ASSERT_EQ(parser.state(), State::kComplete) << step;
    const Request request = parser.TakeRequest();
    EXPECT_EQ(request.path(), "/p");
    EXPECT_EQ(request.header_count(), 2U);
    EXPECT_EQ(request.body(), "0123456789");
  }
}

TEST(RequestParserTest, ReadsTheSameChunksHoweverTheyAreCut) {
  const std::string text = Chunked("3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\nX-Trailer: t\r\n\r\n");
  for (std::size_t step = 1; step <= text.size(); ++step) {
    RequestParser parser{RequestLimits()};

    FeedAll(parser, text, step);

    ASSERT_EQ(parser.state(), State::kComplete) << step;
    const Request request = parser.TakeRequest();
    EXPECT_EQ(request.body(), "abc0123456789");
    EXPECT_EQ(request.Header("x-trailer"), std::nullopt);
  }
}

TEST(RequestParserTest, LeavesTheNextRequestWhereItIs) {
  RequestParser parser{RequestLimits()};
  const std::string two = Get("") + "GET /second";

  const std::size_t used = parser.Feed(two);

  EXPECT_EQ(parser.state(), State::kComplete);
  EXPECT_EQ(two.substr(used), "GET /second");
}

TEST(RequestParserTest, ReadsALongBodyIntoItsPlace) {
  RequestParser parser{RequestLimits()};
  const std::string head = "PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 600000\r\n\r\n";
  parser.Feed(head);
  parser.Feed("first");

  std::size_t filled = 5;
  while (parser.state() == State::kNeedMore) {
    const std::span<char> space = parser.BodySpace();
    ASSERT_LE(space.size(), 256U * 1024);
    const std::size_t part = std::min<std::size_t>(space.size(), 100'000);
    std::fill_n(space.begin(), part, 'x');
    parser.CommitBody(part);
    filled += part;
  }

  EXPECT_EQ(filled, 600'000U);
  EXPECT_EQ(parser.TakeRequest().body(), "first" + std::string(599'995, 'x'));
}

TEST(RequestParserTest, OffersNoSpaceOutsideOfABody) {
  RequestParser parser{RequestLimits()};

  EXPECT_TRUE(parser.BodySpace().empty());
  parser.Feed(Chunked("5\r\nab").substr(0, 62));
  EXPECT_TRUE(parser.BodySpace().empty());
}

TEST(RequestParserTest, RefusesWhatCouldBeUnderstoodInTwoWays) {
  EXPECT_EQ(StatusOf(Get("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n")), 400);
  EXPECT_EQ(StatusOf(Get("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n")), 400);
  EXPECT_EQ(StatusOf(Get("Content-Length: 3\r\nContent-Length: 3\r\n")), 400);
  EXPECT_EQ(StatusOf(Get("Content-Length: 3\r\nContent-Length: 4\r\n")), 400);
  EXPECT_EQ(StatusOf(Get("Content-Length: -1\r\n")), 400);
  EXPECT_EQ(StatusOf(Get("Content-Length: 1x\r\n")), 400);
  EXPECT_EQ(StatusOf(Get("Content-Length: 99999999999999999999999\r\n")), 400);
  EXPECT_EQ(StatusOf(Get("Transfer-Encoding: gzip\r\n")), 501);
  EXPECT_EQ(StatusOf(Get("Transfer-Encoding: gzip, chunked\r\n")), 501);
  EXPECT_EQ(StatusOf(Get("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n")), 400);
  EXPECT_EQ(StatusOf("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"), 400);
}

TEST(RequestParserTest, RefusesBadChunkSizes) {
  EXPECT_EQ(StatusOf(Chunked("xyz\r\n")), 400);
  EXPECT_EQ(StatusOf(Chunked("-1\r\nabc\r\n0\r\n\r\n")), 400);
  EXPECT_EQ(StatusOf(Chunked("0x3\r\nabc\r\n0\r\n\r\n")), 400);
  EXPECT_EQ(StatusOf(Chunked("\r\nabc\r\n0\r\n\r\n")), 400);
  EXPECT_EQ(StatusOf(Chunked("fffffffffffffffff\r\nabc")), 400);
  EXPECT_EQ(StatusOf(Chunked("3\r\nabcd\r\n0\r\n\r\n")), 400);
  EXPECT_EQ(StatusOf(Chunked("ffffffffffffffff\r\nabc")), 413);
}

TEST(RequestParserTest, RefusesWhatIsNotHttp) {
  EXPECT_EQ(StatusOf("hello\r\n\r\n"), 400);
  EXPECT_EQ(StatusOf("GET / HTTP/2.0\r\nHost: h\r\n\r\n"), 400);
  EXPECT_EQ(StatusOf("GET /a b HTTP/1.1\r\nHost: h\r\n\r\n"), 400);
  EXPECT_EQ(StatusOf("GET / HTTP/1.1\r\n\r\n"), 400);
  EXPECT_EQ(StatusOf("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"), 400);
  EXPECT_EQ(StatusOf(Get("no colon\r\n")), 400);
  EXPECT_EQ(StatusOf(Get("bad name: x\r\n")), 400);
  EXPECT_EQ(StatusOf(Get(std::string_view("X: a\0b\r\n", 8))), 400);
}

TEST(RequestParserTest, CountsTheWholeHead) {
  const RequestLimits limits{.max_header_bytes = 1000, .max_body_bytes = 10};
  std::string many;
  for (int i = 0; i < 100; ++i) many += "X-Header: 0123456789\r\n";

  EXPECT_EQ(StatusOf(Get("X: " + std::string(500, 'x') + "\r\n"), limits), 200);
  EXPECT_EQ(StatusOf(Get("X: " + std::string(2000, 'x')), limits), 431);
  EXPECT_EQ(StatusOf(Get(many), limits), 431);
  EXPECT_EQ(StatusOf("GET /" + std::string(2000, 'x'), limits), 431);
}

TEST(RequestParserTest, CountsHeadsThatComeInPieces) {
  RequestParser parser(RequestLimits{.max_header_bytes = 1000, .max_body_bytes = 10});
  std::string many = Get("").substr(0, Get("").size() - 2);
  for (int i = 0; i < 100; ++i) many += "X-Header: 0123456789\r\n";

  FeedAll(parser, many, 22);

  ASSERT_EQ(parser.state(), State::kRefused);
  EXPECT_EQ(parser.refusal().status, 431);
  EXPECT_THAT(parser.refusal().reason, HasSubstr("limit of 1000 bytes"));
}

TEST(RequestParserTest, LimitsTheBody) {
  const RequestLimits limits{.max_header_bytes = 1000, .max_body_bytes = 10};

  EXPECT_EQ(StatusOf(Get("Content-Length: 10\r\n") + "0123456789", limits), 200);
  EXPECT_EQ(StatusOf(Get("Content-Length: 11\r\n"), limits), 413);
  EXPECT_EQ(StatusOf(Chunked("a\r\n0123456789\r\n0\r\n\r\n"), limits), 200);
  EXPECT_EQ(StatusOf(Chunked("6\r\n012345\r\n5\r\n"), limits), 413);
}

TEST(RequestParserTest, LimitsTrailersAndChunkExtensions) {
  EXPECT_EQ(StatusOf(Chunked("3;x=" + std::string(80'000, 'x'))), 400);
  EXPECT_EQ(StatusOf(Chunked("0\r\nX: " + std::string(80'000, 'x'))), 400);
}

TEST(RequestParserTest, KnowsHowTheAnswerIsWanted) {
  struct Case {
    std::string text;
    bool keep_alive;
  };
  const Case cases[] = {
      {Get(""), true},
      {Get("Connection: close\r\n"), false},
      {"GET / HTTP/1.0\r\n\r\n", false},
      {"GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", true},
  };
  for (const Case& c : cases) {
    RequestParser parser{RequestLimits()};

    FeedAll(parser, c.text);

    ASSERT_EQ(parser.state(), State::kComplete) << c.text;
    EXPECT_EQ(parser.style().keep_alive, c.keep_alive) << c.text;
  }
}

TEST(RequestParserTest, TellsOnceThatTheClientWaitsForAWord) {
  RequestParser parser{RequestLimits()};
  FeedAll(parser, Get("Expect: 100-continue\r\nContent-Length: 3\r\n"));

  EXPECT_EQ(parser.state(), State::kNeedMore);
  EXPECT_TRUE(parser.TakeContinueWish());
  EXPECT_FALSE(parser.TakeContinueWish());
  EXPECT_EQ(StatusOf(Get("Expect: a-pony\r\n")), 417);
}

}  // namespace
}  // namespace openfc::http
