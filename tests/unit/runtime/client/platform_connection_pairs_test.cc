// A post and the next poll in one write.

#include "runtime/client/platform_connection.h"
#include "tests/unit/runtime/client/connected_test.h"

#include <gmock/gmock.h>
#include <poll.h>

#include <functional>
#include <future>
#include <latch>
#include <string>

namespace openfc {
namespace {

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

TEST_F(PlatformConnectionTest, BeginsAPairWithoutWaitingOnceTheyAreKnownToWork) {
  std::latch sent(1);
  Start([&sent](Peer& peer) {
    ServeFirstPoll(peer);
    EXPECT_THAT(peer.ReadRequest(), StartsWith("POST "));
    EXPECT_THAT(peer.ReadRequest(), StartsWith("GET "));
    sent.wait();
    peer.Send(kAccepted);
    peer.Send(EventOf("r-2"));
  });
  PollQuicklyOnce();
  EXPECT_FALSE(connection_->CanBeginPair());
  route_->PairWorked();

  ASSERT_TRUE(connection_->CanBeginPair());
  connection_->BeginPair(
      {.path = "/post", .content_type = "text/plain", .headers = {}, .body = "done"});
  sent.count_down();

  const auto answer = connection_->FinishPost();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_TRUE(connection_->HasPollOut());
  EXPECT_FALSE(connection_->CanBeginPair());
  EXPECT_EQ(Poll(), "r-2:event");
}

TEST_F(PlatformConnectionTest, BeginsNoPairOnAConnectionThatWasClosedOrWhileItStops) {
  std::latch closed(1);
  Start([&closed](Peer& peer) {
    ServeFirstPoll(peer);
    peer.Close();
    closed.count_down();
  });
  PollQuicklyOnce();
  route_->PairWorked();
  closed.wait();

  EXPECT_FALSE(connection_->CanBeginPair());
  interrupt_.Trigger();
  EXPECT_FALSE(connection_->CanBeginPair());
}

TEST_F(PlatformConnectionTest, TheInterruptWakesWhoAwaitsAPollElsewhere) {
  std::latch done(1);
  Start([&done](Peer& peer) {
    ServeFirstPoll(peer);
    peer.ReadRequest();
    peer.ReadRequest();
    peer.Send(kAccepted);
    done.wait();
  });
  PollQuicklyOnce();
  EXPECT_EQ(Post(Then::kPoll), 200);
  connection_->AwaitElsewhere();

  interrupt_.Trigger();

  pollfd entry{.fd = connection_->socket(), .events = POLLIN, .revents = 0};
  EXPECT_EQ(::poll(&entry, 1, -1), 1);
  EXPECT_EQ(Poll(), "(the platform closed the connection)");
  done.count_down();
  peer_.reset();  // It waits for that, which ends here.
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

}  // namespace
}  // namespace openfc
