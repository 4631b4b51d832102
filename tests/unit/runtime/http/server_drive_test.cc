#include "tests/unit/runtime/http/server_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <optional>
#include <thread>

namespace openfc::http {
namespace {

using ::testing::HasSubstr;

/// For the test's own thread, which drives as well: between two drives it acts as the server's.
class TestsGate final : public Gate {
 public:
  bool TryEnter() override { return is_open.load() && std::this_thread::get_id() == main_; }
  void Leave() override {}
  void CallDriver() override {}

  std::atomic<bool> is_open = true;

 private:
  const std::thread::id main_ = std::this_thread::get_id();
};

/// A server that moves only while a test drives it. Its requests are kept for the test to answer,
/// and each makes Drive() return.
class HttpServerDriveTest : public ::testing::Test {
 protected:
  void SetUp() override { server_->HandOver(gate_, Server::Answers::kMayWait); }

  /// Until a request has come.
  Desk::Call DriveToRequest() {
    while (desk_.waiting() == 0) server_->Drive(Deadline::Never());
    return desk_.TakeCall();
  }

  void DriveOnce() { server_->Drive(Deadline::After(std::chrono::seconds(0))); }

  void DriveUntil(const std::atomic<bool>& reached) {
    while (!reached.load()) server_->Drive(Deadline::Never());
  }

  /// In another thread: what `read` says, and then a Wake().
  template <typename Read>
  std::string WhileReading(Read read) {
    std::atomic<bool> is_read = false;
    std::string answer;
    std::jthread reader([this, &is_read, &answer, &read] {
      answer = read();
      is_read.store(true);
      server_->Wake();
    });
    DriveUntil(is_read);
    return answer;
  }

  TestsGate gate_;
  Desk desk_;
  std::unique_ptr<Server> server_ = StartServer([this](Request request, Responder responder) {
    handler_thread_ = std::this_thread::get_id();
    desk_.handler()(std::move(request), std::move(responder));
    server_->Wake();
  });
  std::thread::id handler_thread_;
};

TEST_F(HttpServerDriveTest, CallsTheHandlerInTheThreadThatDrives) {
  RawClient client(server_->port());
  client.Send(Get("/here"));

  const Desk::Call call = DriveToRequest();

  EXPECT_EQ(call.request.path(), "/here");
  EXPECT_EQ(handler_thread_, std::this_thread::get_id());
}

TEST_F(HttpServerDriveTest, WritesAnAnswerOfTheThreadThatDroveBeforeItWaitsAgain) {
  RawClient client(server_->port());
  client.Send(Get("/"));

  std::move(DriveToRequest().responder).Send(Text("first of all"));
  DriveOnce();

  EXPECT_EQ(client.ReadBody(), "first of all");
}

TEST_F(HttpServerDriveTest, WritesAnAnswerThatWasNotYetWrittenWhenItStops) {
  RawClient client(server_->port());
  client.Send(Get("/"));
  std::move(DriveToRequest().responder).Send(Text("last of all"));

  server_->Stop();

  EXPECT_EQ(client.ReadBody(), "last of all");
}

TEST_F(HttpServerDriveTest, AnAnswerOfAnotherThreadIsWrittenByTheOneThatDrives) {
  RawClient client(server_->port());
  client.Send(Get("/"));
  Responder responder = DriveToRequest().responder;

  const std::string body = WhileReading([&client, &responder] {
    std::move(responder).Send(Text("from elsewhere"));
    return client.ReadBody();
  });

  EXPECT_EQ(body, "from elsewhere");
}

TEST_F(HttpServerDriveTest, TheThreadThatDroveBeforeTheLastIsAThreadLikeAnyOther) {
  RawClient client(server_->port());
  client.Send(Get("/"));
  Responder responder = DriveToRequest().responder;
  std::atomic<bool> is_read = false;
  std::atomic<bool> has_begun = false;
  gate_.is_open.store(false);
  std::jthread next_driver([this, &is_read, &has_begun] {
    server_->Drive(Deadline::After(std::chrono::seconds(0)));
    has_begun.store(true);
    has_begun.notify_one();
    DriveUntil(is_read);
  });
  has_begun.wait(false);

  std::move(responder).Send(Text("by letter"));

  EXPECT_EQ(client.ReadBody(), "by letter");
  is_read.store(true);
  server_->Wake();
}

TEST_F(HttpServerDriveTest, AWakeIsNotLostWhileNobodyDrives) {
  server_->Wake();
  server_->Wake();

  EXPECT_TRUE(server_->Drive(Deadline::Never()));
  EXPECT_FALSE(server_->Drive(Deadline::After(std::chrono::seconds(0))));
}

TEST_F(HttpServerDriveTest, AWakeOfAnotherThreadEndsTheDriveThatWaits) {
  const std::jthread other([this] { server_->Wake(); });

  EXPECT_TRUE(server_->Drive(Deadline::Never()));
}

TEST_F(HttpServerDriveTest, ReturnsAtTheDeadlineWhenNothingHappens) {
  const Deadline soon = Deadline::After(std::chrono::milliseconds(5));

  EXPECT_FALSE(server_->Drive(soon));

  EXPECT_TRUE(soon.HasPassed());
}

TEST_F(HttpServerDriveTest, TakesAllThatIsReadyBeforeItReturns) {
  RawClient first(server_->port());
  RawClient second(server_->port());
  first.Send(Get("/"));
  second.Send(Get("/"));
  std::move(DriveToRequest().responder).Send(Text("connected"));
  std::move(DriveToRequest().responder).Send(Text("connected"));
  DriveOnce();
  first.ReadBody();
  second.ReadBody();
  first.Send(Get("/"));
  second.Send(Get("/"));
  server_->Wake();

  server_->Drive(Deadline::Never());

  EXPECT_EQ(desk_.waiting(), 2U);
}

TEST_F(HttpServerDriveTest, LeavesWhatIsReadyWhereItIsDrivenToAWakeOnly) {
  server_->Wake();
  RawClient client(server_->port());
  client.Send(Get("/"));

  server_->DriveToWake();

  EXPECT_EQ(desk_.waiting(), 0U);
  while (desk_.waiting() == 0) server_->DriveToWake();
  std::move(desk_.Take()).Send(Text("in its turn"));
  DriveOnce();
  EXPECT_EQ(client.ReadBody(), "in its turn");
}

TEST_F(HttpServerDriveTest, WhatWasUnderWayInItsOwnThreadGoesOn) {
  Desk desk;
  const auto server = StartServer(desk.handler());
  RawClient client(server->port());
  client.Send(Get("/"));
  Responder responder = desk.Take();

  server->HandOver(gate_, Server::Answers::kMayWait);
  std::move(responder).Send(Text("after"));
  server->Drive(Deadline::After(std::chrono::seconds(0)));

  EXPECT_EQ(client.ReadBody(), "after");
}

TEST_F(HttpServerDriveTest, StopsWhileNobodyDrives) {
  RawClient client(server_->port());
  client.Send(Get("/"));
  const Desk::Call call = DriveToRequest();

  server_->Stop();

  EXPECT_EQ(client.ReadToEnd(), "");
}

TEST_F(HttpServerDriveTest, EachChunkOfTheThreadThatDroveLeavesAtOnce) {
  RawClient client(server_->port());
  client.Send(Get("/"));
  const auto writer = DriveToRequest().responder.Begin({.headers = {{"Content-Length", "6"}}});
  ASSERT_TRUE(writer);

  (*writer)->TryWrite("one", nullptr).value();
  EXPECT_THAT(client.ReadUntil("one"), HasSubstr("200 OK"));
  (*writer)->TryWrite("two", nullptr).value();
  (*writer)->Finish().value();

  EXPECT_EQ(client.Read(3), "two");
}

TEST_F(HttpServerDriveTest, CallsForADescriptorOnceInADriveThatSomebodyEnds) {
  int calls = 0;
  server_->Watch(UniqueFd(::eventfd(1, EFD_CLOEXEC)), [this, &calls] {
    ++calls;
    server_->Wake();
  });

  server_->Drive(Deadline::Never());

  EXPECT_EQ(calls, 1);
}

TEST_F(HttpServerDriveTest, CallsAgainForADescriptorInTheDriveThatGoesOn) {
  int calls = 0;
  const UniqueFd semaphore(::eventfd(3, EFD_CLOEXEC | EFD_SEMAPHORE));
  server_->Watch(UniqueFd(::dup(semaphore.get())), [this, &calls, &semaphore] {
    eventfd_t one = 0;
    ::eventfd_read(semaphore.get(), &one);
    if (++calls == 3) server_->Wake();
  });

  server_->Drive(Deadline::Never());

  EXPECT_EQ(calls, 3);
}

TEST_F(HttpServerDriveTest, WhoDrivesInBetweenWritesTheAnswersThatWait) {
  RawClient client(server_->port());
  client.Send(Get("/"));
  std::move(DriveToRequest().responder).Send(Text("kept"));

  std::jthread other([this] { server_->DriveToWake(); });
  const std::string answer = client.ReadBody();
  server_->Wake();

  EXPECT_EQ(answer, "kept");
}

TEST_F(HttpServerDriveTest, AnAnswerThatMayNotWaitLeavesBetweenTwoDrives) {
  Desk desk;
  const auto server = StartServer(desk.handler());
  RawClient client(server->port());
  client.Send(Get("/"));
  Responder responder = desk.Take();
  server->HandOver(gate_, Server::Answers::kLeaveAtOnce);

  std::move(responder).Send(Text("at once"));

  EXPECT_EQ(client.ReadBody(), "at once");
}

TEST_F(HttpServerDriveTest, WhoDrivesInBetweenIsNotKeptBusyByADescriptorOfDrives) {
  std::atomic<int> calls = 0;
  server_->WatchInDrive(UniqueFd(::eventfd(1, EFD_CLOEXEC)), [this, &calls] {
    ++calls;
    server_->Wake();
  });

  RawClient client(server_->port());

  std::jthread([this, &client, &calls] {
    while (calls.load() == 0) server_->DriveToWake();
    client.Send(Get("/"));
    while (desk_.waiting() == 0) server_->DriveToWake();
  }).join();
  EXPECT_EQ(calls.load(), 1);
  server_->Drive(Deadline::Never());

  EXPECT_EQ(calls.load(), 2);
}

TEST_F(HttpServerDriveTest, ADescriptorOfDrivesTakesThePlaceOfTheOneBefore) {
  int calls = 0;
  std::array<int, 2> ends{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
  const UniqueFd peer(ends[0]);
  server_->WatchInDrive(UniqueFd(ends[1]), [&calls] { calls += 100; });
  server_->Drive(Deadline::After(std::chrono::seconds(0)));

  server_->WatchInDrive(UniqueFd(::eventfd(1, EFD_CLOEXEC)), [this, &calls] {
    ++calls;
    server_->Wake();
  });
  server_->Drive(Deadline::Never());

  char byte = 0;
  EXPECT_EQ(::recv(peer.get(), &byte, 1, MSG_DONTWAIT), 0);  // Nobody has the other end.
  server_->Drive(Deadline::Never());
  EXPECT_EQ(calls, 2);
}

TEST_F(HttpServerDriveTest, ThePlaceOfADescriptorThatIsReadyIsTakenToo) {
  int calls = 0;
  for (int i = 0; i < 3; ++i) {
    server_->WatchInDrive(UniqueFd(::eventfd(1, EFD_CLOEXEC)), [this, &calls] {
      ++calls;
      server_->Wake();
    });
    server_->Drive(Deadline::Never());
  }

  EXPECT_EQ(calls, 3);
}

TEST_F(HttpServerDriveTest, DrainsWhileItIsDriven) {
  RawClient client(server_->port());
  client.Send(Get("/"));
  Responder responder = DriveToRequest().responder;
  std::atomic<bool> is_empty = false;
  server_->Drain([this, &is_empty] {
    is_empty.store(true);
    server_->Wake();
  });
  server_->Drive(Deadline::After(std::chrono::seconds(0)));

  std::move(responder).Send(Text("the last one"));
  DriveOnce();
  const std::string answer = client.ReadToEnd();
  client.Close();
  DriveUntil(is_empty);

  EXPECT_THAT(answer, HasSubstr("Connection: close"));
}

}  // namespace
}  // namespace openfc::http
