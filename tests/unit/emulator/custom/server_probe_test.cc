#include "emulator/custom/server_probe.h"

#include "tests/fakes/limit.h"
#include "tests/fakes/peer.h"

#include <gmock/gmock.h>

#include <future>

namespace openfc::emulator {
namespace {

using openfc::testing::kLimit;
using openfc::testing::Peer;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr const char* kGood = "HTTP/1.1 204 No Content\r\n\r\n";
constexpr const char* kBad = "HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n";

/// What a probe has said.
class Heard {
 public:
  ProbeListener Listener() {
    return {.when_ready =
                [this](const std::string& host, bool is_reachable) {
                  is_reachable_ = is_reachable;
                  ready_.set_value(host);
                },
            .when_unwell = [this](const std::string& reason) { unwell_.set_value(reason); }};
  }
  std::string AwaitReady() { return Await(ready_); }
  std::string AwaitUnwell() { return Await(unwell_); }
  bool is_reachable() const { return is_reachable_; }

 private:
  static std::string Await(std::promise<std::string>& promise) {
    auto future = promise.get_future();
    return future.wait_for(kLimit) == std::future_status::ready ? future.get() : "nothing";
  }

  bool is_reachable_ = true;
  std::promise<std::string> ready_;
  std::promise<std::string> unwell_;
};

/// One check that came, answered.
std::string Check(Peer& peer, const char* answer) {
  peer.Accept();
  std::string request = peer.ReadRequest();
  peer.Send(answer);
  peer.Close();
  return request;
}

TEST(ServerProbeTest, FindsAServerThatTakesConnections) {
  Peer peer([](Peer& server) { server.Accept(); });
  Heard heard;
  const ServerProbe probe(peer.port(), nullptr, std::nullopt, heard.Listener());

  EXPECT_EQ(heard.AwaitReady(), "127.0.0.1");
  EXPECT_FALSE(heard.is_reachable());  // It listens on 127.0.0.1 alone.
}

TEST(ServerProbeTest, EndsWhileItLooks) {
  const std::uint16_t port = Peer([](Peer& /*server*/) {}).port();
  Heard heard;

  const ServerProbe probe(port, nullptr, std::nullopt, heard.Listener());
}

TEST(ServerProbeTest, EndsWhileItRests) {
  const std::uint16_t port = Peer([](Peer& /*server*/) {}).port();
  Heard heard;

  const ServerProbe probe(port, nullptr,
                          HealthCheck{.path = "/", .initial_delay = std::chrono::seconds(120)},
                          heard.Listener());
}

TEST(ServerProbeTest, AwaitsAServerThatIsWell) {
  std::string first;
  Peer peer([&](Peer& server) {
    server.Accept();
    first = Check(server, kBad);
    Check(server, kGood);
  });
  Heard heard;
  const ServerProbe probe(peer.port(), nullptr,
                          HealthCheck{.path = "/healthz?x=1", .period = std::chrono::seconds(0)},
                          heard.Listener());

  EXPECT_EQ(heard.AwaitReady(), "127.0.0.1");
  EXPECT_THAT(first, StartsWith("GET /healthz?x=1 HTTP/1.1\r\n"));
}

TEST(ServerProbeTest, TellsOfAServerThatIsNotWellAnyMore) {
  Peer peer([&](Peer& server) {
    server.Accept();
    for (const char* const answer : {kGood, kBad, kGood, kBad, kBad}) Check(server, answer);
  });
  Heard heard;
  const ServerProbe probe(
      peer.port(), nullptr,
      HealthCheck{.path = "/", .period = std::chrono::seconds(0), .failure_threshold = 2},
      heard.Listener());

  heard.AwaitReady();

  EXPECT_THAT(heard.AwaitUnwell(), HasSubstr("its health check GET / failed 2 times in a row"));
}

TEST(ServerProbeTest, TakesARedirectionForGood) {
  Peer peer([&](Peer& server) {
    server.Accept();
    Check(server, "HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n");
  });
  Heard heard;
  const ServerProbe probe(peer.port(), nullptr, HealthCheck{.path = "/"}, heard.Listener());

  EXPECT_EQ(heard.AwaitReady(), "127.0.0.1");
}

}  // namespace
}  // namespace openfc::emulator
