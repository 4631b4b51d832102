#include "runtime/base/unique_fd.h"
#include "runtime/http/answer_writer.h"
#include "runtime/http/server.h"
#include "tests/unit/runtime/http/server_fixture.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

namespace openfc::http {
namespace {

bool IsConnectionOf(int fd, std::uint16_t server_port) {
  sockaddr_in own{};
  sockaddr_in peer{};
  socklen_t own_size = sizeof(own);
  socklen_t peer_size = sizeof(peer);
  return ::getsockname(fd, reinterpret_cast<sockaddr*>(&own), &own_size) == 0 &&
         ntohs(own.sin_port) == server_port &&
         ::getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &peer_size) == 0;
}

bool IsListenerAt(int fd, std::uint16_t port) {
  sockaddr_in own{};
  socklen_t size = sizeof(own);
  int listens = 0;
  socklen_t flag_size = sizeof(listens);
  return ::getsockname(fd, reinterpret_cast<sockaddr*>(&own), &size) == 0 &&
         ntohs(own.sin_port) == port &&
         ::getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &flag_size) == 0 && listens != 0;
}

/// What another process has that shares one of the server's sockets.
template <typename Predicate>
UniqueFd Duplicate(Predicate is_wanted) {
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    const int fd = std::stoi(entry.path().filename());
    if (is_wanted(fd)) return UniqueFd(::dup(fd));
  }
  throw std::runtime_error("the server has no such socket");
}

/// Of the server's only connection.
UniqueFd DuplicateConnection(std::uint16_t server_port) {
  return Duplicate([&](int fd) { return IsConnectionOf(fd, server_port); });
}

class SharedConnectionTest : public ::testing::Test {
 protected:
  std::unique_ptr<AnswerWriter> Begin(const std::string& request) {
    client_.Send(request);
    auto writer = desk_.Take().Begin({});
    client_.ReadUntil("\r\n\r\n");
    duplicate_ = DuplicateConnection(server_->port());
    return *std::move(writer);
  }

  Desk desk_;
  const std::unique_ptr<Server> server_ = StartServer(desk_.handler());
  RawClient client_{server_->port()};
  UniqueFd duplicate_;
};

TEST_F(SharedConnectionTest, EndsForItsClientWhenItIsClosed) {
  auto writer = Begin(Get("/"));

  writer.reset();

  EXPECT_EQ(client_.ReadToEnd(), "");
}

TEST_F(SharedConnectionTest, EndsForItsClientWithAResetWhenItIsClosedHard) {
  auto writer = Begin("GET / HTTP/1.0\r\n\r\n");

  writer.reset();

  EXPECT_TRUE(client_.AwaitReset());
}

/// As the first of several workers does that is told to stop.
TEST(SharedListenerTest, IsLeftQuietlyWhenAnotherProcessShutsItDown) {
  const auto server = StartServer(Echo);
  RawClient client(server->port());
  const auto ask = [&] {
    client.Send(Get("/"));
    return client.ReadUntil("/ ");
  };
  (void)ask();
  const UniqueFd listener = Duplicate([&](int fd) { return IsListenerAt(fd, server->port()); });
  ::testing::internal::CaptureStdout();

  ::shutdown(listener.get(), SHUT_RDWR);

  (void)ask();
  (void)ask();  // By now the server has heard of it.
  EXPECT_EQ(::testing::internal::GetCapturedStdout(), "");
}

}  // namespace
}  // namespace openfc::http
