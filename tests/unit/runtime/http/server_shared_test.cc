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

/// What a process that the function has forked has of the server's only connection.
UniqueFd DuplicateConnection(std::uint16_t server_port) {
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    const int fd = std::stoi(entry.path().filename());
    if (IsConnectionOf(fd, server_port)) return UniqueFd(::dup(fd));
  }
  throw std::runtime_error("the server has no connection");
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

}  // namespace
}  // namespace openfc::http
