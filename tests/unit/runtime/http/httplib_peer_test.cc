// Our server and a client that somebody else wrote: cpp-httplib.

#include "runtime/http/server.h"
#include "tests/unit/runtime/http/server_fixture.h"

#include <gtest/gtest.h>
#include <httplib.h>

#include <string>

namespace openfc::http {
namespace {

class HttplibPeerTest : public ::testing::Test {
 protected:
  HttplibPeerTest() : server_(StartServer(Echo)), client_("127.0.0.1", server_->port()) {
    client_.set_keep_alive(true);
    client_.set_tcp_nodelay(true);
  }

  std::unique_ptr<Server> server_;
  httplib::Client client_;
};

TEST_F(HttplibPeerTest, GetsAnAnswer) {
  const auto answer = client_.Get("/path");

  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->body, "/path ");
}

TEST_F(HttplibPeerTest, KeepsItsConnection) {
  for (int i = 0; i < 20; ++i) {
    const auto answer = client_.Post("/", std::to_string(i), "text/plain");
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->body, "/ " + std::to_string(i));
    EXPECT_NE(client_.is_socket_open(), 0U);
  }
}

TEST_F(HttplibPeerTest, SendsALargeBodyInChunks) {
  constexpr std::size_t kChunk = 100'000;
  constexpr std::size_t kBytes = 30 * kChunk;
  std::size_t sent = 0;

  const auto answer = client_.Post(
      "/chunked",
      [&sent](std::size_t /*offset*/, httplib::DataSink& sink) {
        const std::string chunk(kChunk, 'x');
        sink.write(chunk.data(), chunk.size());
        sent += chunk.size();
        if (sent == kBytes) sink.done();
        return true;
      },
      "application/octet-stream");

  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->body.size(), std::string("/chunked ").size() + kBytes);
}

TEST_F(HttplibPeerTest, AsksForTheHeadAlone) {
  const auto answer = client_.Head("/head");

  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->get_header_value("Content-Length"), "6");
  EXPECT_EQ(answer->body, "");
}

}  // namespace
}  // namespace openfc::http
