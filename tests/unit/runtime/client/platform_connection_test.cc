#include "runtime/client/platform_connection.h"

#include "tests/unit/runtime/client/connected_test.h"

#include <gmock/gmock.h>
#include <pthread.h>
#include <signal.h>

#include <atomic>
#include <chrono>
#include <future>
#include <latch>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace openfc {
namespace {

using ::testing::HasSubstr;

// One request at a time
// -------------------------------------------------------------------------------------------------

TEST_F(PlatformConnectionTest, UsesItsConnectionAgain) {
  Start([](Peer& peer) {
    ServeFirstPoll(peer);
    EXPECT_THAT(peer.ReadRequest(), StartsWith("POST /post HTTP/1.1\r\n"));
    peer.Send(kAccepted);
    EXPECT_THAT(peer.ReadRequest(), StartsWith("GET "));
    peer.Send(EventOf("r-2"));
  });

  EXPECT_EQ(Poll(), "r-1:event");
  EXPECT_EQ(Post(), 200);
  EXPECT_EQ(Poll(), "r-2:event");
}

TEST_F(PlatformConnectionTest, NoticesThatAKeptConnectionWasClosedBeforeItIsUsed) {
  std::latch closed(1);
  Start([&closed](Peer& peer) {
    ServeFirstPoll(peer);
    peer.Close();
    closed.count_down();
    peer.Accept();
    EXPECT_THAT(peer.ReadRequest(), StartsWith("POST "));
    peer.Send(kAccepted);
  });
  PollQuicklyOnce();
  closed.wait();

  EXPECT_EQ(Post(), 200);
}

TEST_F(PlatformConnectionTest, PollsAgainAtOnceWhenAKeptConnectionWasClosedUnderIt) {
  patience_.fresh = 1h;
  std::latch closed(1);
  Start([&closed](Peer& peer) {
    ServeFirstPoll(peer);
    peer.Close();
    closed.count_down();
    ServeFirstPoll(peer);
  });
  PollQuicklyOnce();
  closed.wait();

  EXPECT_EQ(Poll(), "r-1:event");
}

TEST_F(PlatformConnectionTest, DoesNotPollAgainOverANewConnectionThatWasClosed) {
  Start([](Peer& peer) {
    peer.Accept();
    peer.ReadRequest();
  });

  EXPECT_EQ(Poll(), "(the platform closed the connection)");
}

TEST_F(PlatformConnectionTest, UsesANewConnectionAfterAnAnswerThatEndsIts) {
  Start([](Peer& peer) {
    peer.Accept();
    peer.ReadRequest();
    peer.Send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi");
    EXPECT_TRUE(peer.AwaitEnd());
    ServeFirstPoll(peer);
  });

  EXPECT_EQ(Poll(), ":hi");
  EXPECT_EQ(Poll(), "r-1:event");
}

TEST_F(PlatformConnectionTest, SaysThatAPlatformCannotBeReached) {
  Start([](Peer&) {});
  peer_.reset();  // Its port refuses from now on.

  EXPECT_EQ(Poll(), "(Connection refused)");
  EXPECT_EQ(Post(), 0);
}

TEST_F(PlatformConnectionTest, RefusesAHeadLargerThanItsBuffer) {
  Start([](Peer& peer) {
    peer.Accept();
    peer.ReadRequest();
    peer.Send("HTTP/1.1 200 OK\r\nx-long: " + std::string(ReceiveMemory::kBytes, 'x'));
    (void)peer.AwaitEnd();  // A close or a reset, for what was left unread.
  });

  EXPECT_EQ(Poll(), "(the answer is not HTTP)");
}

TEST_F(PlatformConnectionTest, ReadsAHeadThatNearlyFillsItsBuffer) {
  Start([](Peer& peer) {
    peer.Accept();
    peer.ReadRequest();
    peer.Send("HTTP/1.1 200 OK\r\nx-long: " + std::string(60'000, 'x') +
              "\r\nContent-Length: 20000\r\n\r\n" + std::string(20'000, 'e'));
  });

  EXPECT_EQ(Poll(), ":" + std::string(20'000, 'e'));
}

TEST_F(PlatformConnectionTest, ReadsLargeBodies) {
  const std::string large(8UL << 20U, 'e');
  Start([&large](Peer& peer) {
    peer.Accept();
    peer.ReadRequest();
    peer.Send(EventOf("r-1", large));
    peer.ReadRequest();
    peer.Send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n800000\r\n" + large +
              "\r\n0\r\n\r\n");
    const std::string post = peer.ReadRequest();
    EXPECT_TRUE(post.ends_with("\r\n\r\n" + large));
    peer.Send(kAccepted);
  });

  EXPECT_TRUE(Poll() == "r-1:" + large);
  EXPECT_TRUE(Poll() == ":" + large);
  EXPECT_EQ(Post(Then::kNothing, large), 200);
}

TEST_F(PlatformConnectionTest, GivesUpOnABodyThatStalls) {
  patience_.stall = 50ms;
  Start([](Peer& peer) {
    peer.Accept();
    peer.ReadRequest();
    peer.Send("HTTP/1.1 200 OK\r\nx-fc-request-id: r-1\r\nContent-Length: 9\r\n\r\nhalf");
    peer.AwaitEnd();
  });

  EXPECT_EQ(Poll(), "r-1:half (cut)");
}

TEST_F(PlatformConnectionTest, GivesUpOnAPostThatIsNotAnswered) {
  patience_.stall = 50ms;
  Start([](Peer& peer) {
    peer.Accept();
    peer.ReadRequest();
    peer.AwaitEnd();
  });

  EXPECT_EQ(Post(), 0);
}

TEST_F(PlatformConnectionTest, WaitsForAnInvocationLongerThanForAnythingElse) {
  patience_.stall = 20ms;
  Start([](Peer& peer) {
    peer.Accept();
    peer.ReadRequest();
    EXPECT_FALSE(peer.AwaitEndFor(70ms));
    peer.Send(EventOf("r-1"));
  });

  EXPECT_EQ(Poll(), "r-1:event");
}

TEST_F(PlatformConnectionTest, TakesAnAnswerThatCameBeforeThePostWasRead) {
  Start([](Peer& peer) {
    peer.Accept();
    peer.Send("HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    peer.Close();
  });

  EXPECT_EQ(Post(Then::kNothing, std::string(32UL << 20U, 'x')), 413);
}

// Interrupts and signals
// -------------------------------------------------------------------------------------------------

TEST_F(PlatformConnectionTest, EndsAPollThatIsInterrupted) {
  Start([this](Peer& peer) {
    peer.Accept();
    peer.ReadRequest();
    interrupt_.Trigger();
    EXPECT_TRUE(peer.AwaitEnd());
  });

  EXPECT_EQ(Poll(), "(the platform closed the connection)");
}

TEST_F(PlatformConnectionTest, ReadsWhatHadComeBeforeTheInterrupt) {
  std::latch answered(1);
  Start([&](Peer& peer) {
    ServeFirstPoll(peer);
    peer.ReadRequest();
    peer.ReadRequest();
    peer.Send(kAccepted + EventOf("r-2"));
    answered.count_down();
    EXPECT_TRUE(peer.AwaitEnd());
  });
  PollQuicklyOnce();
  ASSERT_EQ(Post(Then::kPoll), 200);
  answered.wait();

  interrupt_.Trigger();

  EXPECT_EQ(Poll(), "r-2:event");
  connection_->Drop();
}

TEST_F(PlatformConnectionTest, EndsAPairThatIsInterrupted) {
  Start([this](Peer& peer) {
    ServeFirstPoll(peer);
    peer.ReadRequest();
    peer.Send(kAccepted);
    peer.ReadRequest();
    interrupt_.Trigger();
    EXPECT_TRUE(peer.AwaitEnd());
  });
  PollQuicklyOnce();
  ASSERT_EQ(Post(Then::kPoll), 200);

  EXPECT_EQ(Poll(), "(the platform closed the connection)");
  EXPECT_EQ(route_->pairs(), Pairs::kUntried);
}

std::atomic<int> signals_handled{0};

TEST_F(PlatformConnectionTest, PollsOnWhenASignalWasHandled) {
  struct sigaction action {};
  struct sigaction before {};
  action.sa_handler = [](int) { ++signals_handled; };  // No SA_RESTART: calls end with EINTR.
  ::sigaction(SIGUSR1, &action, &before);
  const pthread_t poller = ::pthread_self();
  Start([poller](Peer& peer) {
    peer.Accept();
    peer.ReadRequest();
    while (signals_handled < 5) {
      const int handled = signals_handled;
      ::pthread_kill(poller, SIGUSR1);
      while (signals_handled == handled) std::this_thread::yield();
    }
    peer.Send(EventOf("r-1"));
  });

  EXPECT_EQ(Poll(), "r-1:event");
  ::sigaction(SIGUSR1, &before, nullptr);
}

TEST(PlatformRouteTest, CountsPairsThatFailedInARowOnly) {
  PlatformRoute route({"127.0.0.1", 1});
  for (int i = 0; i < 5; ++i) {
    route.PairFailed();
    route.PairFailed();
    route.PairWorked();
  }
  EXPECT_EQ(route.pairs(), Pairs::kWork);

  for (int i = 0; i < 3; ++i) route.PairFailed();

  EXPECT_EQ(route.pairs(), Pairs::kFail);
}

TEST(PlatformRouteTest, PollsThePathOfItsDialect) {
  EXPECT_THAT(PlatformRoute({"::1", 80}).poll_request(),
              StartsWith("GET /2020-11-11/runtime/invocation/next HTTP/1.1\r\n"));
  EXPECT_THAT(PlatformRoute({"::1", 80}, Dialect::kAws).poll_request(),
              StartsWith("GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\n"));
}

TEST(PlatformRouteTest, PutsAnAddressOfVersion6IntoBrackets) {
  EXPECT_THAT(PlatformRoute({"::1", 80}).poll_request(), HasSubstr("\r\nHost: [::1]:80\r\n"));
}

}  // namespace
}  // namespace openfc
