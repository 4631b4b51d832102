#include "runtime/http/server.h"

#include "tests/unit/runtime/http/server_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace openfc::http {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(HttpServerTest, AnswersManyRequestsOnOneConnection) {
  const auto server = StartServer(Echo);
  RawClient client(server->port());

  for (int i = 0; i < 100; ++i) {
    client.Send(Post("/p", std::to_string(i)));
    EXPECT_EQ(client.ReadBody(), "/p " + std::to_string(i));
  }
}

TEST(HttpServerTest, AnswersPipelinedRequestsInOrder) {
  const auto server = StartServer(Echo);
  RawClient client(server->port());

  client.Send(Post("/a", "1") + Get("/b") + Post("/c", "3"));

  EXPECT_EQ(client.ReadBody(), "/a 1");
  EXPECT_EQ(client.ReadBody(), "/b ");
  EXPECT_EQ(client.ReadBody(), "/c 3");
}

TEST(HttpServerTest, AnswersTenThousandPipelinedRequestsWhoseAnswersAreReadLate) {
  const auto server = StartServer([](Request, Responder responder) {
    std::move(responder).Send(Text(std::string(1000, 'x')));
  });
  RawClient client(server->port());
  constexpr int kCount = 10'000;
  std::jthread writer([&client] {
    std::string all;
    for (int i = 0; i < kCount; ++i) all += Get("/");
    client.Send(all);
  });
  writer.join();  // The server takes all of it, or as much as it may while nobody reads.

  int answered = 0;
  while (answered < kCount && client.ReadBody().size() == 1000) ++answered;

  EXPECT_EQ(answered, kCount);
}

TEST(HttpServerTest, SendsAGatheredAnswerThoughTheNextOneIsPending) {
  Desk desk;
  const auto server = StartServer(desk.handler(), {.gathers_answers = true});
  RawClient client(server->port());
  client.Send(Get("/1") + Get("/2"));

  std::move(desk.Take()).Send(Text("one"));

  EXPECT_EQ(client.ReadBody(), "one");
  std::move(desk.Take()).Send(Text("two"));
  EXPECT_EQ(client.ReadBody(), "two");
}

TEST(HttpServerTest, GathersAnswersThatAreGivenInOneRound) {
  std::optional<Responder> parked;
  const auto server = StartServer(
      [&parked](Request request, Responder responder) {
        if (request.path() == "/park") {
          parked = std::move(responder);
        } else if (request.path() == "/both") {
          std::move(*parked).Send(Text("parked"));
          std::move(responder).Send(Text("both"));
        } else {
          std::move(responder).Send(Text("at once"));
        }
      },
      {.gathers_answers = true});
  RawClient polls(server->port());
  RawClient other(server->port());

  polls.Send(Get("/") + Get("/park"));
  EXPECT_EQ(polls.ReadBody(), "at once");
  other.Send(Get("/both"));

  EXPECT_EQ(other.ReadBody(), "both");
  EXPECT_EQ(polls.ReadBody(), "parked");
}

TEST(HttpServerTest, SendsAllAnswersOfARoundToTheirOwnClients) {
  std::vector<Responder> held;
  std::promise<void> first_is_held;
  const auto server = StartServer(
      [&](const Request& request, Responder responder) {
        held.push_back(std::move(responder));
        if (request.path() != "/all") return first_is_held.set_value();
        for (Responder& each : held) std::move(each).Send(Text(std::to_string(held.size())));
      },
      {.gathers_answers = true});
  RawClient first(server->port());
  RawClient second(server->port());
  first.Send(Get("/"));
  first_is_held.get_future().wait();

  second.Send(Get("/all"));

  EXPECT_EQ(first.ReadBody(), "2");
  EXPECT_EQ(second.ReadBody(), "2");
}

TEST(HttpServerTest, SendsAGatheredAnswerToAClientThatEndsItsSide) {
  const auto server =
      StartServer([](const Request& /*request*/,
                     Responder responder) { std::move(responder).Send(Text("last")); },
                  {.gathers_answers = true});
  RawClient client(server->port());
  client.Send(Get("/"));
  client.StopSending();

  EXPECT_EQ(client.ReadBody(), "last");
}

TEST(HttpServerTest, CallsBackAfterWhatIsReadyWasServed) {
  std::unique_ptr<Server> server;
  std::string order;
  std::promise<void> called;
  std::promise<void> is_there;
  server = StartServer([&](const Request& /*request*/, Responder responder) {
    is_there.get_future().wait();
    server->AfterRound([&] {
      order += "after";
      called.set_value();
    });
    order += "handler ";
    std::move(responder).Send(Text("answer"));
  });
  is_there.set_value();
  RawClient client(server->port());

  client.Send(Get("/"));

  EXPECT_EQ(client.ReadBody(), "answer");
  called.get_future().wait();
  EXPECT_EQ(order, "handler after");
}

TEST(HttpServerTest, HandsThePipelinedRequestOnOnlyAfterTheAnswerToTheOneBefore) {
  Desk desk;
  const auto server = StartServer(desk.handler());
  RawClient client(server->port());
  client.Send(Get("/1") + Get("/2"));

  Responder first = desk.Take();
  EXPECT_EQ(desk.waiting(), 0U);
  std::move(first).Send(Text("one"));
  std::move(desk.Take()).Send(Text("two"));

  EXPECT_EQ(client.ReadBody(), "one");
  EXPECT_EQ(client.ReadBody(), "two");
}

TEST(HttpServerTest, ServesOthersWhileAnAnswerIsPending) {
  Desk desk;
  auto handler = desk.handler();
  const auto server = StartServer([&handler](Request request, Responder responder) {
    if (request.path() == "/hang") {
      handler(std::move(request), std::move(responder));
    } else {
      Echo(std::move(request), std::move(responder));
    }
  });
  RawClient hanging(server->port());
  hanging.Send(Get("/hang"));
  Responder pending = desk.Take();

  RawClient other(server->port());
  other.Send(Get("/now"));
  EXPECT_EQ(other.ReadBody(), "/now ");

  std::move(pending).Send(Text("late"));
  EXPECT_EQ(hanging.ReadBody(), "late");
}

TEST(HttpServerTest, ReadsARequestThatComesByteByByte) {
  const auto server = StartServer(Echo);
  RawClient client(server->port());

  client.SendByteByByte(Post("/slow", "body"));

  EXPECT_EQ(client.ReadBody(), "/slow body");
}

TEST(HttpServerTest, CarriesLargeBodiesBothWays) {
  const auto server = StartServer([](Request request, Responder responder) {
    std::move(responder).Send(Text(request.TakeBody()));
  });
  std::string body(20UL * 1024 * 1024, 'x');
  for (std::size_t i = 0; i < body.size(); ++i) body[i] = static_cast<char>(i * 7919 >> 8);
  RawClient client(server->port());

  client.Send(Post("/", body));

  EXPECT_TRUE(client.ReadBody() == body);
}

TEST(HttpServerTest, ReadsChunkedBodies) {
  const auto server = StartServer(Echo);
  RawClient client(server->port());

  client.Send("POST /c HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
  client.Send("3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n" + Get("/next"));

  EXPECT_EQ(client.ReadBody(), "/c abcdefg");
  EXPECT_EQ(client.ReadBody(), "/next ");
}

TEST(HttpServerTest, SpeaksHttp10) {
  const auto server = StartServer(Echo);
  RawClient closing(server->port());
  RawClient keeping(server->port());

  closing.Send("GET /old HTTP/1.0\r\n\r\n");
  keeping.Send("GET /old HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");

  EXPECT_THAT(closing.ReadToEnd(), EndsWith("Connection: close\r\n\r\n/old "));
  EXPECT_THAT(keeping.ReadAnswer(), HasSubstr("Connection: keep-alive\r\n"));
  keeping.Send("GET /again HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_EQ(keeping.ReadBody(), "/again ");
}

TEST(HttpServerTest, ClosesWhenTheClientAsksForIt) {
  const auto server = StartServer(Echo);
  RawClient client(server->port());

  client.Send("GET /last HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n" + Get("/ignored"));

  EXPECT_THAT(client.ReadToEnd(), EndsWith("Connection: close\r\n\r\n/last "));
}

TEST(HttpServerTest, TellsTheLengthAloneToHead) {
  const auto server = StartServer(Echo);
  RawClient client(server->port());

  client.Send("HEAD /h HTTP/1.1\r\nHost: h\r\n\r\n" + Get("/next"));

  EXPECT_THAT(client.ReadUntil("\r\n\r\n"), HasSubstr("Content-Length: 3\r\n"));
  EXPECT_EQ(client.ReadBody(), "/next ");
}

TEST(HttpServerTest, InvitesTheBodyOfAClientThatWaits) {
  const auto server = StartServer(Echo);
  RawClient client(server->port());

  client.Send("POST /e HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
  EXPECT_EQ(client.ReadUntil("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  client.Send("body");

  EXPECT_EQ(client.ReadBody(), "/e body");
}

TEST(HttpServerTest, AnswersAClientThatHasClosedItsSendingHalf) {
  Desk desk;
  const auto server = StartServer(desk.handler());
  RawClient client(server->port());
  client.Send(Get("/1"));
  Responder responder = desk.Take();

  client.StopSending();
  std::move(responder).Send(Text("still there"));

  EXPECT_THAT(client.ReadToEnd(), EndsWith("\r\n\r\nstill there"));
}

TEST(HttpServerTest, AnswersForAHandlerThatDropsItsResponder) {
  const auto server = StartServer([](Request, Responder) {});
  RawClient client(server->port());

  client.Send(Get("/"));

  EXPECT_THAT(client.ReadAnswer(), StartsWith("HTTP/1.1 500 "));
}

class ClientGoneTest : public ::testing::Test {
 protected:
  /// Returns when the server has told that the client is gone.
  static void AwaitGone(Responder& responder) {
    std::promise<void> told;
    responder.WhenGone([&told] { told.set_value(); });
    told.get_future().wait();
  }
  /// The same of its sending half.
  static void AwaitHalfClosed(Responder& responder) {
    std::promise<void> told;
    responder.WhenHalfClosed([&told] { told.set_value(); });
    told.get_future().wait();
  }

  Desk desk_;
  std::unique_ptr<Server> server_ = StartServer(desk_.handler());
};

TEST_F(ClientGoneTest, IsNoticedWhenTheClientCloses) {
  RawClient client(server_->port());
  client.Send(Get("/1"));
  Responder responder = desk_.Take();
  EXPECT_FALSE(responder.IsHalfClosed());

  client.Close();

  AwaitHalfClosed(responder);
  EXPECT_TRUE(responder.IsHalfClosed());
}

TEST_F(ClientGoneTest, IsNotWhatItsClosedSendingHalfSays) {
  RawClient client(server_->port());
  client.Send(Get("/1"));
  Responder responder = desk_.Take();
  bool told = false;
  responder.WhenGone([&told] { told = true; });

  client.StopSending();
  AwaitHalfClosed(responder);
  std::move(responder).Send(Text("answered"));

  EXPECT_EQ(client.ReadBody(), "answered");
  EXPECT_EQ(client.ReadToEnd(), "");
  EXPECT_FALSE(told);
}

TEST_F(ClientGoneTest, IsNoticedWhenItIsResetAfterItsSendingHalfWasClosed) {
  RawClient client(server_->port());
  client.Send(Get("/1"));
  Responder responder = desk_.Take();
  client.StopSending();
  AwaitHalfClosed(responder);

  client.Reset();

  AwaitGone(responder);
}

TEST_F(ClientGoneTest, IsNoticedFirstByWhoWatchesBothWhenTheConnectionIsReset) {
  RawClient client(server_->port());
  client.Send(Get("/1"));
  Responder responder = desk_.Take();
  std::promise<void> half_closed;
  bool is_gone = false;  // Both are told on the server's thread.
  bool was_gone = false;
  responder.WhenGone([&is_gone] { is_gone = true; });
  responder.WhenHalfClosed([&] {
    was_gone = is_gone;
    half_closed.set_value();
  });

  client.Reset();

  half_closed.get_future().wait();
  EXPECT_TRUE(was_gone);
}

TEST_F(ClientGoneTest, IsNoticedWhenTheConnectionIsReset) {
  RawClient client(server_->port());
  client.Send(Get("/1"));
  Responder responder = desk_.Take();

  client.Reset();

  AwaitGone(responder);
  EXPECT_TRUE(responder.IsHalfClosed());
}

TEST_F(ClientGoneTest, IsNoticedBehindPipelinedRequests) {
  RawClient client(server_->port());
  client.Send(Get("/1") + Get("/2"));
  Responder responder = desk_.Take();

  client.Close();

  AwaitHalfClosed(responder);
}

TEST_F(ClientGoneTest, IsNotSoBehindPipelinedRequestsThatAreAnsweredAll) {
  RawClient client(server_->port());
  client.Send(Get("/1") + Get("/2"));
  client.StopSending();
  for (const char* text : {"one", "two"}) {
    Responder responder = desk_.Take();
    AwaitHalfClosed(responder);
    std::move(responder).Send(Text(text));
  }

  EXPECT_EQ(client.ReadBody(), "one");
  EXPECT_EQ(client.ReadBody(), "two");
  EXPECT_EQ(client.ReadToEnd(), "");
}

TEST_F(ClientGoneTest, IsToldAlsoToWhoAsksAfterwards) {
  RawClient client(server_->port());
  client.Send(Get("/1"));
  Responder responder = desk_.Take();
  client.Reset();
  AwaitGone(responder);

  AwaitGone(responder);
}

TEST_F(ClientGoneTest, MakesALateAnswerHarmless) {
  RawClient client(server_->port());
  client.Send(Get("/1"));
  Responder responder = desk_.Take();
  client.Reset();
  AwaitGone(responder);

  std::move(responder).Send(Text("nobody"));

  RawClient other(server_->port());
  other.Send(Get("/2"));
  std::move(desk_.Take()).Send(Text("served"));
  EXPECT_EQ(other.ReadBody(), "served");
}

TEST(HttpServerTest, StopsWithAnswersPending) {
  Desk desk;
  auto server = StartServer(desk.handler());
  RawClient client(server->port());
  client.Send(Get("/1"));
  Responder responder = desk.Take();

  server->Stop();

  EXPECT_EQ(client.ReadToEnd(), "");
  EXPECT_TRUE(responder.IsHalfClosed());
  server.reset();
  std::move(responder).Send(Text("without effect"));
}

TEST(HttpServerTest, SendsWhatWasAnsweredBeforeItStops) {
  Desk desk;
  const auto server = StartServer(desk.handler());
  RawClient client(server->port());
  client.Send(Get("/1"));

  std::move(desk.Take()).Send(Text("last words"));
  server->Stop();

  EXPECT_EQ(client.ReadBody(), "last words");
}

TEST(HttpServerTest, ServesManyClientsAtOnce) {
  const auto server = StartServer(Echo);
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 200; ++i) clients.push_back(std::make_unique<RawClient>(server->port()));

  for (auto& client : clients) client->Send(Get("/x"));

  for (auto& client : clients) EXPECT_EQ(client->ReadBody(), "/x ");
}

TEST(HttpServerTest, TakesAnswersFromManyThreads) {
  std::mutex mutex;
  std::vector<std::jthread> workers;
  const auto server = StartServer([&](Request request, Responder responder) {
    const std::lock_guard lock(mutex);
    workers.emplace_back(
        [path = std::string(request.path()), kept = std::move(responder)]() mutable {
          std::move(kept).Send(Text(path));
        });
  });
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 50; ++i) clients.push_back(std::make_unique<RawClient>(server->port()));

  for (std::size_t i = 0; i < clients.size(); ++i) clients[i]->Send(Get("/" + std::to_string(i)));

  for (std::size_t i = 0; i < clients.size(); ++i) {
    EXPECT_EQ(clients[i]->ReadBody(), "/" + std::to_string(i));
  }
  server->Stop();
}

TEST(HttpServerTest, RefusesAPortInUse) {
  const auto first = StartServer(Echo);

  const auto second = Server::Start({.port = first->port()}, Echo);

  ASSERT_FALSE(second.has_value());
  EXPECT_THAT(second.error().message, HasSubstr("is in use by another program"));
}

}  // namespace
}  // namespace openfc::http
