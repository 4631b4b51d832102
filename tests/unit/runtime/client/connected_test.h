#pragma once

#include "runtime/client/platform_connection.h"
#include "tests/fakes/peer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace openfc {

using std::chrono_literals::operator""h;
using std::chrono_literals::operator""ms;
using testing::Peer;
using ::testing::StartsWith;
using Pairs = PlatformRoute::Pairs;
using Then = HttpExchange::Then;

inline const std::string kAccepted = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

inline std::string EventOf(const std::string& id, const std::string& body = "event") {
  return "HTTP/1.1 200 OK\r\nx-fc-request-id: " + id +
         "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

/// One connection and the peer behind it. Nothing here depends on how quick the machine is: polls
/// count as quick, and kept connections are looked at, unless a test says otherwise.
class PlatformConnectionTest : public ::testing::Test {
 protected:
  void Start(std::function<void(Peer&)> script) {
    peer_.emplace(std::move(script));
    route_.emplace(ApiAddress{.host = "127.0.0.1", .port = peer_->port()});
    connection_ =
        std::make_unique<PlatformConnection>(*route_, interrupt_, ReceiveBuffer(), patience_);
  }

  /// The id and the body of what a poll brought; or why nothing.
  std::string Poll() {
    std::string id;
    const auto answer = connection_->Poll([&id](int, const wire::HeaderLookup& headers) {
      id = headers("x-fc-request-id").value_or("");
    });
    if (!answer) return "(" + answer.error().message + ")";
    return id + ":" + answer->body + (answer->is_truncated ? " (cut)" : "");
  }

  int Post(Then then = Then::kNothing, const std::string& body = "done") {
    const auto answer = connection_->Post(
        {.path = "/post", .content_type = "text/plain", .headers = {}, .body = body}, then);
    return answer ? answer->status : 0;
  }

  void BeginPair(const std::string& body = "done") {
    connection_->BeginPair(
        {.path = "/post", .content_type = "text/plain", .headers = {}, .body = body});
  }

  void AwaitInput() const {
    pollfd entry{.fd = connection_->socket(), .events = POLLIN, .revents = 0};
    EXPECT_EQ(::poll(&entry, 1, -1), 1);
  }

  void PollQuicklyOnce() { ASSERT_EQ(Poll(), "r-1:event"); }

  PlatformPatience patience_{.fresh = 0ms, .quick_poll = 1h};
  Interrupt interrupt_;
  std::optional<PlatformRoute> route_;
  std::unique_ptr<PlatformConnection> connection_;
  std::optional<Peer> peer_;  // Last: its script ends first.
};

/// What a peer does for the poll that makes the next one a pair.
inline void ServeFirstPoll(Peer& peer) {
  peer.Accept();
  EXPECT_THAT(peer.ReadRequest(), StartsWith("GET "));
  peer.Send(EventOf("r-1"));
}

}  // namespace openfc
