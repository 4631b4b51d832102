#include "emulator/http_client/http_client.h"

#include "tests/fakes/local_socket.h"
#include "tests/fakes/peer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace openfc::emulator {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using testing::Peer;
using ::testing::StartsWith;

/// What a server sees of a request that it answers.
struct Served {
  std::string request;
  Expected<IncomingAnswer> answer;
};

Served Serve(OutgoingRequest request, const std::string& path, const std::string& answer) {
  std::string seen;
  Peer peer([&seen, &answer](Peer& self) {
    self.Accept();
    seen = self.ReadRequest();
    self.Send(answer);
  });
  request.url = "http://127.0.0.1:" + std::to_string(peer.port()) + path;
  auto answered = SendRequest(request);
  peer.AwaitScript();
  return {.request = seen, .answer = std::move(answered)};
}

TEST(HttpClientTest, GetsWithHeaders) {
  const auto [request, answer] = Serve({.headers = {{"x-openfc-token", "abc"}}}, "/a?b=c#d",
                                       "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");

  EXPECT_THAT(request, StartsWith("GET /a?b=c HTTP/1.1\r\n"));
  EXPECT_THAT(request, HasSubstr("x-openfc-token: abc\r\n"));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->body, "hi");
}

TEST(HttpClientTest, PostsABody) {
  const auto [request, answer] = Serve({.method = "POST", .body = std::string("a\0b", 3)}, "",
                                       "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");

  EXPECT_THAT(request, StartsWith("POST / HTTP/1.1\r\n"));
  EXPECT_THAT(request, HasSubstr("Content-Type: application/json\r\n"));
  EXPECT_THAT(request, EndsWith(std::string("\r\n\r\na\0b", 7)));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 404);
}

TEST(HttpClientTest, DoesNotFollowARedirection) {
  const auto [request, answer] = Serve(
      {}, "/", "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n");

  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 302);
}

TEST(HttpClientTest, SaysThatNobodyAnswers) {
  const UniqueFd silent = testing::BindLocal();

  const auto answer =
      SendRequest({.url = "http://127.0.0.1:" + std::to_string(testing::PortOf(silent)) + "/"});

  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(answer.error().message, HasSubstr("does not answer"));
}

TEST(HttpClientTest, SaysThatAnAnswerWasCutShort) {
  const auto [request, answer] = Serve({}, "/", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhi");

  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::kUnavailable);
}

TEST(HttpClientTest, TakesUrlsOfHttpOnly) {
  EXPECT_TRUE(CheckUrl("http://localhost"));
  EXPECT_TRUE(CheckUrl("https://example.com:8443/a?b"));
  for (const char* const url : {"", "localhost", "ftp://a/", "http://", "http:///path",
                                "http://a b/", "http://a/\r\nX: y"}) {
    const auto checked = CheckUrl(url);
    ASSERT_FALSE(checked) << url;
    EXPECT_EQ(checked.error().code, ErrorCode::kInvalidArgument);
    EXPECT_FALSE(SendRequest({.url = url}));
  }
}

}  // namespace
}  // namespace openfc::emulator
