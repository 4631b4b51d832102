#include "runtime/client/platform_connection.h"

#include "tests/fakes/peer.h"

#include <gmock/gmock.h>
#include <pthread.h>
#include <signal.h>

#include <atomic>
#include <chrono>
#include <future>
#include <latch>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace openfc {
namespace {

using std::chrono_literals::operator""h;
using std::chrono_literals::operator""ms;
using ::testing::HasSubstr;
using testing::Peer;
using ::testing::StartsWith;
using Pairs = PlatformRoute::Pairs;
using Then = HttpExchange::Then;

const std::string kAccepted = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

std::string EventOf(const std::string& id, const std::string& body = "event") {
  return "HTTP/1.1 200 OK\r\nx-fc-request-id: " + id +
         "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

/// One connection and the peer behind it. Nothing here depends on how quick the machine is: polls
/// count as quick, and kept connections are looked at, unless a test says otherwise.
class PlatformConnectionTest : public ::testing::Test {
 protected:
  void Start(std::function<void(Peer&)> script) {
    peer_.emplace(std::move(script));
    route_.emplace("127.0.0.1", peer_->port());
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

  void PollQuicklyOnce() { ASSERT_EQ(Poll(), "r-1:event"); }

  PlatformPatience patience_{.fresh = 0ms, .quick_poll = 1h};
  Interrupt interrupt_;
  std::optional<PlatformRoute> route_;
  std::unique_ptr<PlatformConnection> connection_;
  std::optional<Peer> peer_;  // Last: its script ends first.
};

/// What a peer does for the poll that makes the next one a pair.
void ServeFirstPoll(Peer& peer) {
  peer.Accept();
  EXPECT_THAT(peer.ReadRequest(), StartsWith("GET "));
  peer.Send(EventOf("r-1"));
}

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

// Pairs
// -------------------------------------------------------------------------------------------------

TEST_F(PlatformConnectionTest, SendsAPostAndTheNextPollInOneOnceAPollWasQuick) {
  Start([](Peer& peer) {
    ServeFirstPoll(peer);
    EXPECT_THAT(peer.ReadRequest(), StartsWith("POST "));
    EXPECT_THAT(peer.ReadRequest(), StartsWith("GET "));  // The post has no answer yet.
    peer.Send(kAccepted);
    peer.Send(EventOf("r-2"));
  });
  PollQuicklyOnce();

  EXPECT_EQ(Post(Then::kPoll), 200);
  EXPECT_TRUE(connection_->HasPollOut());
  EXPECT_EQ(Poll(), "r-2:event");

  EXPECT_FALSE(connection_->HasPollOut());
  EXPECT_EQ(route_->pairs(), Pairs::kWork);
}

TEST_F(PlatformConnectionTest, ReadsBothAnswersOfAPairFromOneWrite) {
  Start([](Peer& peer) {
    ServeFirstPoll(peer);
    peer.ReadRequest();
    peer.ReadRequest();
    peer.Send(
        "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 202 Accepted\r\nContent-Length: 2\r\n\r\nok"
        "HTTP/1.1 103 Early Hints\r\n\r\n" +
        EventOf("r-2"));
  });
  PollQuicklyOnce();

  EXPECT_EQ(Post(Then::kPoll), 202);
  EXPECT_EQ(Poll(), "r-2:event");
}

TEST_F(PlatformConnectionTest, ReadsBothAnswersOfAPairByteByByte) {
  Start([](Peer& peer) {
    ServeFirstPoll(peer);
    peer.ReadRequest();
    peer.ReadRequest();
    const std::string both =
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n" +
        EventOf("r-2");
    for (const char byte : both) peer.Send({&byte, 1});
  });
  PollQuicklyOnce();

  EXPECT_EQ(Post(Then::kPoll), 200);
  EXPECT_EQ(Poll(), "r-2:event");
}

TEST_F(PlatformConnectionTest, TriesNoPairAfterASlowPoll) {
  patience_.quick_poll = 0ms;
  Start([](Peer& peer) {
    ServeFirstPoll(peer);
    EXPECT_THAT(peer.ReadRequest(), StartsWith("POST "));
    peer.Send(kAccepted);
    EXPECT_THAT(peer.ReadRequest(), StartsWith("GET "));
    peer.Send(EventOf("r-2"));
  });
  PollQuicklyOnce();

  EXPECT_EQ(Post(Then::kPoll), 200);
  EXPECT_FALSE(connection_->HasPollOut());
  EXPECT_EQ(Poll(), "r-2:event");
}

TEST_F(PlatformConnectionTest, PairsAfterASlowPollTooOnceThatIsKnownToWork) {
  patience_.quick_poll = 0ms;
  Start([](Peer& peer) {
    ServeFirstPoll(peer);
    EXPECT_THAT(peer.ReadRequest(), StartsWith("POST "));
    EXPECT_THAT(peer.ReadRequest(), StartsWith("GET "));
    peer.Send(kAccepted + EventOf("r-2"));
  });
  route_->PairWorked();
  PollQuicklyOnce();

  EXPECT_EQ(Post(Then::kPoll), 200);
  EXPECT_EQ(Poll(), "r-2:event");
}

TEST_F(PlatformConnectionTest, DoubtsTheFirstPollOfAPairThatNothingComesOfAndStillTakesItsAnswer) {
  patience_.pair = 20ms;
  std::promise<void> doubted;
  Start([work = doubted.get_future().share()](Peer& peer) {
    ServeFirstPoll(peer);
    peer.ReadRequest();
    peer.ReadRequest();
    peer.Send(kAccepted);
    work.wait();
    peer.Send(EventOf("r-2"));
  });
  PollQuicklyOnce();
  EXPECT_EQ(Post(Then::kPoll), 200);

  EXPECT_TRUE(connection_->IsPollDoubtful());
  EXPECT_TRUE(connection_->HasPollOut());
  doubted.set_value();

  EXPECT_EQ(Poll(), "r-2:event");
  EXPECT_EQ(route_->pairs(), Pairs::kWork);
}

/// Serves `count` pairs by answering the post and closing, each time as `close` does it.
std::function<void(Peer&)> FailPairs(int count, const std::function<void(Peer&)>& close) {
  return [=](Peer& peer) {
    ServeFirstPoll(peer);
    for (int i = 0; i < count; ++i) {
      peer.ReadRequest();
      peer.ReadRequest();
      close(peer);
      ServeFirstPoll(peer);
    }
    EXPECT_THAT(peer.ReadRequest(), StartsWith("POST "));
    peer.Send(kAccepted);
    EXPECT_THAT(peer.ReadRequest(), StartsWith("GET "));
    peer.Send(EventOf("r-2"));
  };
}

TEST_F(PlatformConnectionTest, GivesPairsUpAfterThreeThatWereClosed) {
  Start(FailPairs(3, [](Peer& peer) {
    peer.Send(kAccepted);
    peer.Close();
  }));
  PollQuicklyOnce();
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(route_->pairs(), Pairs::kUntried);
    EXPECT_EQ(Post(Then::kPoll), 200);
    EXPECT_EQ(Poll(), "r-1:event");
  }

  EXPECT_EQ(route_->pairs(), Pairs::kFail);
  EXPECT_EQ(Post(Then::kPoll), 200);
  EXPECT_FALSE(connection_->HasPollOut());
  EXPECT_EQ(Poll(), "r-2:event");
}

TEST_F(PlatformConnectionTest, GivesPairsUpWhenEachPostEndsItsConnection) {
  Start(FailPairs(3, [](Peer& peer) {
    peer.Send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    peer.Close();
  }));
  PollQuicklyOnce();
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(Post(Then::kPoll), 200);
    EXPECT_FALSE(connection_->HasPollOut());
    EXPECT_EQ(Poll(), "r-1:event");
  }

  EXPECT_EQ(route_->pairs(), Pairs::kFail);
  EXPECT_EQ(Post(Then::kPoll), 200);
  EXPECT_EQ(Poll(), "r-2:event");
}

TEST_F(PlatformConnectionTest, GivesPairsUpWhenTheyCostThePostItsAnswer) {
  Start(FailPairs(3, [](Peer& peer) { peer.Reset(); }));
  PollQuicklyOnce();
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(Post(Then::kPoll), 0);
    EXPECT_EQ(Poll(), "r-1:event");
  }

  EXPECT_EQ(route_->pairs(), Pairs::kFail);
  EXPECT_EQ(Post(Then::kPoll), 200);
  EXPECT_EQ(Poll(), "r-2:event");
}

TEST_F(PlatformConnectionTest, PollsAgainWhenAPairWasResetBetweenItsAnswers) {
  Start([](Peer& peer) {
    ServeFirstPoll(peer);
    peer.ReadRequest();
    peer.Send(kAccepted);
    peer.ReadRequest();
    peer.Reset();
    ServeFirstPoll(peer);
  });
  PollQuicklyOnce();

  const int status = Post(Then::kPoll);
  EXPECT_TRUE(status == 200 || status == 0) << status;  // A reset may overtake the answer.
  EXPECT_EQ(Poll(), "r-1:event");
}

TEST_F(PlatformConnectionTest, KeepsAPollThatIsOutWhenItsPostWasRefused) {
  Start([](Peer& peer) {
    ServeFirstPoll(peer);
    peer.ReadRequest();
    peer.ReadRequest();
    peer.Send("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
    peer.Send(EventOf("r-2"));
  });
  PollQuicklyOnce();

  EXPECT_EQ(Post(Then::kPoll), 404);
  EXPECT_TRUE(connection_->HasPollOut());
  EXPECT_EQ(Poll(), "r-2:event");
}

TEST(PlatformRouteTest, CountsPairsThatFailedInARowOnly) {
  PlatformRoute route("127.0.0.1", 1);
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
  EXPECT_THAT(PlatformRoute("::1", 80).poll_request(),
              StartsWith("GET /2020-11-11/runtime/invocation/next HTTP/1.1\r\n"));
  EXPECT_THAT(PlatformRoute("::1", 80, Dialect::kAws).poll_request(),
              StartsWith("GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\n"));
}

TEST(PlatformRouteTest, PutsAnAddressOfVersion6IntoBrackets) {
  EXPECT_THAT(PlatformRoute("::1", 80).poll_request(), HasSubstr("\r\nHost: [::1]:80\r\n"));
}

}  // namespace
}  // namespace openfc
