#include "emulator/http_client/http_exchange.h"

#include "tests/fakes/peer.h"

#include <gmock/gmock.h>

#include <functional>
#include <future>
#include <thread>
#include <utility>

namespace openfc::emulator {
namespace {

using std::chrono_literals::operator""s;
using openfc::testing::Peer;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr const char* kHello = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

/// Keeps what comes.
struct Kept final : ExchangeSink {
  bool OnHead(int answered, std::vector<std::pair<std::string, std::string>> list) override {
    status = answered;
    headers = std::move(list);
    return wants_body;
  }
  bool OnBody(std::string_view bytes) override {
    body.append(bytes);
    if (when_bytes) when_bytes();
    return body.size() <= most;
  }

  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  bool wants_body = true;
  std::size_t most = 1000;
  std::function<void()> when_bytes;
};

ExchangeEnd Get(HttpExchange& exchange, Kept& kept) {
  return exchange.Run({.method = "GET", .target = "/"}, kept, 10s);
}

TEST(HttpExchangeTest, SendsARequestAsItIs) {
  std::string seen;
  Peer peer([&](Peer& server) {
    server.Accept();
    seen = server.ReadRequest();
    server.Send(kHello);
  });
  HttpExchange exchange("127.0.0.1", peer.port());
  Kept kept;

  const ExchangeEnd end = exchange.Run({.method = "PUT",
                                        .target = "/a%20b//c?x=1&x=%2F+y",
                                        .headers = {{"Host", "h:1"}, {"X-A", "1"}, {"X-A", "2"}},
                                        .body = std::string("a\0b", 3)},
                                       kept, 10s);
  peer.AwaitScript();

  EXPECT_EQ(end, ExchangeEnd::kComplete);
  EXPECT_THAT(seen, StartsWith("PUT /a%20b//c?x=1&x=%2F+y HTTP/1.1\r\n"));
  EXPECT_THAT(seen, AllOf(HasSubstr("Host: h:1\r\n"), HasSubstr("X-A: 1\r\nX-A: 2\r\n"),
                          HasSubstr("Content-Length: 3\r\n"), HasSubstr(std::string("a\0b", 3))));
  EXPECT_EQ(kept.status, 200);
  EXPECT_EQ(kept.body, "hello");
}

TEST(HttpExchangeTest, KeepsItsConnection) {
  Peer peer([](Peer& server) {
    server.Accept();
    for (int i = 0; i < 2; ++i) {
      server.ReadRequest();
      server.Send(kHello);
    }
  });
  HttpExchange exchange("127.0.0.1", peer.port());
  Kept first;
  Kept second;

  EXPECT_EQ(Get(exchange, first), ExchangeEnd::kComplete);
  EXPECT_EQ(Get(exchange, second), ExchangeEnd::kComplete);
  EXPECT_EQ(second.body, "hello");
}

TEST(HttpExchangeTest, ReplacesAConnectionThatWasClosedMeanwhile) {
  Peer peer([](Peer& server) {
    server.Accept();
    server.ReadRequest();
    server.Send(kHello);
    server.Close();
    server.Accept();
    server.ReadRequest();
    server.Send(kHello);
  });
  HttpExchange exchange("127.0.0.1", peer.port());
  Kept first;
  Kept second;

  EXPECT_EQ(Get(exchange, first), ExchangeEnd::kComplete);
  EXPECT_EQ(Get(exchange, second), ExchangeEnd::kComplete);
}

TEST(HttpExchangeTest, SendsNothingTwiceOverANewConnection) {
  Peer peer([](Peer& server) {
    server.Accept();
    server.ReadRequest();
    server.Close();
  });
  HttpExchange exchange("127.0.0.1", peer.port());
  Kept kept;

  EXPECT_EQ(Get(exchange, kept), ExchangeEnd::kCutOff);
  EXPECT_EQ(kept.status, 0);
}

TEST(HttpExchangeTest, HandsPiecesOnAsTheyCome) {
  bool had_first = false;
  std::promise<void> has_first;
  Peer peer([&](Peer& server) {
    server.Accept();
    server.ReadRequest();
    server.Send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n");
    has_first.get_future().wait();
    server.Send("6\r\nsecond\r\n0\r\n\r\n");
  });
  HttpExchange exchange("127.0.0.1", peer.port());
  Kept kept;
  kept.when_bytes = [&] {
    if (kept.body == "first" && !std::exchange(had_first, true)) has_first.set_value();
  };

  EXPECT_EQ(Get(exchange, kept), ExchangeEnd::kComplete);
  EXPECT_EQ(kept.body, "firstsecond");
}

/// An answer, and what is made of it.
struct AnswerRow {
  const char* name;
  const char* method;
  const char* bytes;  // Then the server closes.
  ExchangeEnd end;
  int status;
  const char* body;
};

class HttpExchangeAnswerTest : public ::testing::TestWithParam<AnswerRow> {};

TEST_P(HttpExchangeAnswerTest, IsUnderstood) {
  const AnswerRow& row = GetParam();
  Peer peer([&](Peer& server) {
    server.Accept();
    server.ReadRequest();
    server.Send(row.bytes);
    server.Close();
  });
  HttpExchange exchange("127.0.0.1", peer.port());
  Kept kept;

  const ExchangeEnd end = exchange.Run({.method = row.method, .target = "/"}, kept, 10s);

  EXPECT_EQ(end, row.end);
  EXPECT_EQ(kept.status, row.status);
  EXPECT_EQ(kept.body, row.body);
}

INSTANTIATE_TEST_SUITE_P(
    All, HttpExchangeAnswerTest,
    ::testing::Values(
        AnswerRow{"Whole", "GET", kHello, ExchangeEnd::kComplete, 200, "hello"},
        AnswerRow{"ToTheEnd", "GET", "HTTP/1.0 200 OK\r\n\r\nall", ExchangeEnd::kComplete, 200,
                  "all"},
        AnswerRow{"NoContent", "GET", "HTTP/1.1 204 No Content\r\n\r\n", ExchangeEnd::kComplete,
                  204, ""},
        AnswerRow{"NotModified", "GET", "HTTP/1.1 304 Not Modified\r\n\r\n", ExchangeEnd::kComplete,
                  304, ""},
        AnswerRow{"Head", "HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n",
                  ExchangeEnd::kComplete, 200, ""},
        AnswerRow{"Redirection", "GET",
                  "HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n",
                  ExchangeEnd::kComplete, 302, ""},
        AnswerRow{"Encoded", "GET",
                  "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nraw",
                  ExchangeEnd::kComplete, 200, "raw"},
        AnswerRow{"Short", "GET", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello",
                  ExchangeEnd::kCutOff, 200, "hello"},
        AnswerRow{"Nonsense", "GET", "hello\r\n\r\n", ExchangeEnd::kCutOff, 0, ""},
        AnswerRow{"Nothing", "GET", "", ExchangeEnd::kCutOff, 0, ""}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(HttpExchangeTest, KnowsThatNobodyListens) {
  const std::uint16_t port = Peer([](Peer& /*server*/) {}).port();
  HttpExchange exchange("127.0.0.1", port);
  Kept kept;

  EXPECT_EQ(Get(exchange, kept), ExchangeEnd::kUnreachable);
}

TEST(HttpExchangeTest, StopsWhereTheRestIsNotWanted) {
  for (const bool wants_body : {false, true}) {
    Peer peer([](Peer& server) {
      server.Accept();
      server.ReadRequest();
      server.Send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello");
      EXPECT_TRUE(server.AwaitEnd());
    });
    HttpExchange exchange("127.0.0.1", peer.port());
    Kept kept;
    kept.wants_body = wants_body;
    kept.most = 3;

    EXPECT_EQ(Get(exchange, kept), ExchangeEnd::kUnwanted);
    peer.AwaitScript();
  }
}

TEST(HttpExchangeTest, IsCancelledFromAnotherThread) {
  std::promise<void> is_asked;
  Peer peer([&](Peer& server) {
    server.Accept();
    server.ReadRequest();
    is_asked.set_value();
    EXPECT_TRUE(server.AwaitEnd());
  });
  HttpExchange exchange("127.0.0.1", peer.port());
  Kept kept;
  exchange.Arm();
  const std::jthread other([&] {
    is_asked.get_future().wait();
    exchange.Cancel();
  });

  EXPECT_EQ(Get(exchange, kept), ExchangeEnd::kCancelled);
}

TEST(HttpExchangeTest, IsCancelledBeforeItBegins) {
  Peer peer([](Peer& /*server*/) {});
  HttpExchange exchange("127.0.0.1", peer.port());
  Kept kept;
  exchange.Arm();
  exchange.Cancel();

  EXPECT_EQ(Get(exchange, kept), ExchangeEnd::kCancelled);
}

}  // namespace
}  // namespace openfc::emulator
