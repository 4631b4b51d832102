// Clients that are slow, greedy or gone, and a process that has run out of descriptors.

#include "runtime/base/log.h"
#include "runtime/http/server.h"
#include "tests/unit/runtime/http/server_fixture.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <memory>
#include <string>
#include <thread>

namespace openfc::http {
namespace {

constexpr std::size_t kLarge = 16UL * 1024 * 1024;

/// `/large` is answered with more than the kernel takes, the rest with an echo.
void Serve(Request request, Responder responder) {
  if (request.path() == "/large") {
    std::move(responder).Send(Text(std::string(kLarge, 'x')));
  } else {
    Echo(std::move(request), std::move(responder));
  }
}

TEST(HttpServerPressureTest, ServesOthersWhileAnAnswerIsNotRead) {
  const auto server = StartServer(Serve);
  RawClient slow(server->port());
  slow.Send(Get("/large") + Get("/after"));

  RawClient other(server->port());
  for (int i = 0; i < 100; ++i) {
    other.Send(Get("/now"));
    ASSERT_EQ(other.ReadBody(), "/now ");
  }

  EXPECT_EQ(slow.ReadBody().size(), kLarge);
  EXPECT_EQ(slow.ReadBody(), "/after ");
}

TEST(HttpServerPressureTest, SurvivesAClientThatLeavesInTheMiddleOfAnAnswer) {
  const auto server = StartServer(Serve);
  for (int i = 0; i < 20; ++i) {
    RawClient client(server->port());
    client.Send(Get("/large"));
    EXPECT_EQ(client.Read(1000).size(), 1000U);
    client.Reset();
  }

  RawClient other(server->port());
  other.Send(Get("/now"));
  EXPECT_EQ(other.ReadBody(), "/now ");
}

TEST(HttpServerPressureTest, SurvivesAClientThatLeavesInTheMiddleOfARequest) {
  const auto server = StartServer(Serve);
  for (const char* const start :
       {"G", "GET / HTTP/1.1\r\nHos", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\n123",
        "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"}) {
    RawClient client(server->port());
    client.Send(start);
    client.StopSending();
    EXPECT_EQ(client.ReadToEnd(), "") << start;
  }
}

TEST(HttpServerPressureTest, TakesNoMoreFromAClientThanItMayKeep) {
  Desk desk;
  const auto server = StartServer(desk.handler());
  RawClient client(server->port());
  client.Send(Get("/first"));
  Responder first = desk.Take();
  constexpr int kMore = 50'000;  // 2 MB, which wait in the kernel or with the client.
  std::jthread writer([&client] {
    std::string all;
    for (int i = 0; i < kMore; ++i) all += Get("/more");
    client.Send(all);
  });

  std::move(first).Send(Text("first"));
  EXPECT_EQ(client.ReadBody(), "first");

  for (int i = 0; i < kMore; ++i) {
    std::move(desk.Take()).Send(Text("more"));
    ASSERT_EQ(client.ReadBody(), "more") << i;
  }
}

/// The descriptors of this process are limited for as long as it lives.
class DescriptorLimit {
 public:
  explicit DescriptorLimit(rlim_t count) {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    rlimit limit = before_;
    limit.rlim_cur = count;
    ::setrlimit(RLIMIT_NOFILE, &limit);
  }
  ~DescriptorLimit() { ::setrlimit(RLIMIT_NOFILE, &before_); }
  DescriptorLimit(const DescriptorLimit&) = delete;
  DescriptorLimit& operator=(const DescriptorLimit&) = delete;

 private:
  rlimit before_{};
};

TEST(HttpServerPressureTest, ServesAgainWhenDescriptorsAreFree) {
  // The sanitizer needs a pipe to check a type that it meets for the first time: the log's, which
  // the server uses when it has no descriptor left.
  LogWarn("descriptors_run_out");
  const auto server = StartServer(Serve);
  RawClient first(server->port());
  first.Send(Get("/first"));
  EXPECT_EQ(first.ReadBody(), "/first ");

  std::unique_ptr<RawClient> waiting;
  {
    // The two lowest free numbers: one for the client's socket, and none for the server's.
    UniqueFd for_client(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    const UniqueFd last(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    const DescriptorLimit limit(static_cast<rlim_t>(last.get()) + 1);
    for_client.Reset();
    waiting = std::make_unique<RawClient>(server->port());
    waiting->Send(Get("/later"));
    first.Send(Get("/still"));
    EXPECT_EQ(first.ReadBody(), "/still ");
  }

  EXPECT_EQ(waiting->ReadBody(), "/later ");
}

}  // namespace
}  // namespace openfc::http
