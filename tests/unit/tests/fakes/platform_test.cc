#include "tests/fakes/platform.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <string>

namespace openfc::testing {
namespace {

constexpr std::string_view kPoll = "GET /2020-11-11/runtime/invocation/next HTTP/1.1\r\n\r\n";

/// A client that speaks bytes.
class Client {
 public:
  explicit Client(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    error_ = ::connect(socket_.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0
                 ? 0
                 : errno;
  }

  int error() const { return error_; }

  void Write(std::string_view bytes) const {
    ASSERT_EQ(::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(bytes.size()));
  }

  /// Until the connection ends; its error then stands in error().
  std::string ReadToEnd() {
    std::string all;
    while (true) {
      const std::string more = Read();
      if (more.empty()) return all;
      all += more;
    }
  }

  std::string Read() {
    std::array<char, 4096> bytes;
    const ssize_t length = ::recv(socket_.get(), bytes.data(), bytes.size(), 0);
    if (length < 0) error_ = errno;
    return {bytes.data(), length > 0 ? static_cast<std::size_t>(length) : 0};
  }

 private:
  UniqueFd socket_;
  int error_ = 0;
};

std::string Post(std::string_view id, std::string_view body) {
  return "POST /2020-11-11/runtime/invocation/" + std::string(id) +
         "/response HTTP/1.1\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         std::string(body);
}

TEST(PlatformTest, AnswersAPollThatWaits) {
  Platform platform;
  Client client(platform.port());
  client.Write(kPoll);
  ASSERT_TRUE(platform.AwaitPolls(1));

  platform.AnswerNext(Invoke("r-1", "event", {{"x-fc-region", "r"}}));

  EXPECT_EQ(client.Read(),
            "HTTP/1.1 200 Scripted\r\nx-fc-request-id: r-1\r\nx-fc-function-handler: "
            "index.handler\r\nx-fc-region: r\r\nContent-Length: 5\r\n\r\nevent");
}

TEST(PlatformTest, RecordsAPostAndSaysYes) {
  Platform platform;
  Client client(platform.port());

  client.Write(Post("r-1", "result"));

  const auto post = platform.AwaitPostFor("r-1");
  ASSERT_TRUE(post);
  EXPECT_EQ(post->body, "result");
  EXPECT_EQ(post->connection, 0U);
  EXPECT_EQ(client.Read(), "HTTP/1.1 200 Scripted\r\nContent-Length: 0\r\n\r\n");
}

TEST(PlatformTest, ServesAPostAndAPollOfOneSegment) {
  Platform platform;
  platform.AnswerNext(Raw("next"));
  platform.AnswerPost(Raw("post,", Answer::Then::kKeep));
  Client client(platform.port());

  client.Write(Post("r-1", "result") + std::string(kPoll));

  EXPECT_EQ(client.ReadToEnd(), "post,next");
  EXPECT_EQ(platform.requests().size(), 2U);
}

TEST(PlatformTest, CutsABodyShort) {
  Platform platform;
  platform.AnswerNext(CutShort(ByteByByte(Respond(200, "event")), 2));
  Client client(platform.port());

  client.Write(kPoll);

  EXPECT_EQ(client.ReadToEnd(), "HTTP/1.1 200 Scripted\r\nContent-Length: 5\r\n\r\neve");
}

TEST(PlatformTest, ResetsAConnection) {
  Platform platform;
  platform.AnswerPost(ResetConnection(Answer::When::kHeadRead));
  Client client(platform.port());

  client.Write("POST /x/invocation/r-1/response HTTP/1.1\r\nContent-Length: 9\r\n\r\n");

  EXPECT_EQ(client.ReadToEnd(), "");
  EXPECT_EQ(client.error(), ECONNRESET);
  EXPECT_EQ(platform.PostsFor("r-1").size(), 1U);
}

TEST(PlatformTest, RecordsARequestOnceThatItAnsweredByItsHead) {
  Platform platform;
  platform.AnswerPost(HangUp(Answer::When::kHeadRead));
  Client client(platform.port());

  client.Write("POST /x/invocation/r-1/response HTTP/1.1\r\nContent-Length: 9\r\n\r\nsome");

  EXPECT_EQ(client.ReadToEnd(), "");
  EXPECT_EQ(platform.requests().size(), 1U);
}

TEST(PlatformTest, HoldsAnAnswerUntilItIsReleased) {
  Platform platform;
  platform.AnswerNext(Hang(Raw("late")));
  Client client(platform.port());
  client.Write(kPoll);
  ASSERT_TRUE(platform.AwaitPolls(1));

  platform.Release();

  EXPECT_EQ(client.ReadToEnd(), "late");
}

TEST(PlatformTest, RefusesAndAcceptsOnTheSamePort) {
  Platform platform;

  platform.Refuse();
  const Client refused(platform.port());
  platform.Accept();
  const Client accepted(platform.port());

  EXPECT_EQ(refused.error(), ECONNREFUSED);
  EXPECT_EQ(accepted.error(), 0);
}

}  // namespace
}  // namespace openfc::testing
