#include "runtime/server/inline_slot.h"

#include "runtime/server/http_body_reader.h"
#include "tests/unit/runtime/http/server_fixture.h"
#include "tests/unit/runtime/server/server_fakes.h"

#include <gmock/gmock.h>

#include <atomic>
#include <functional>
#include <optional>
#include <thread>

namespace openfc {
namespace {

using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::SizeIs;

/// A handler that does as the test says.
class Doing final : public Handler {
 public:
  using What = std::function<void(Invocation&, Reply&)>;

  explicit Doing(What what) : what_(std::move(what)) {}
  void Handle(Invocation invocation, Reply reply) override {
    threads.push_back(std::this_thread::get_id());
    what_(invocation, reply);
  }

  std::vector<std::thread::id> threads;  // Of the slot's alone.

 private:
  const What what_;
};

/// Opened by one thread for another.
class Gate {
 public:
  void Open() {
    is_open_.store(true);
    is_open_.notify_all();
  }
  void Await() { is_open_.wait(false); }

 private:
  std::atomic<bool> is_open_ = false;
};

/// A server that is served by the test's own thread, while a client in another one talks to it. A
/// path that begins with /here is answered in the thread that drives, as health is; any other goes
/// to the function.
class InlineSlotTest : public ::testing::Test {
 protected:
  static constexpr std::chrono::nanoseconds kAtOnce{0};
  static constexpr std::chrono::hours kNever{1};

  /// Until the client is done.
  void Serve(const Doing::What& function, std::function<void()> client,
             std::chrono::nanoseconds patience = kNever) {
    Doing handler(function);
    Dispatcher dispatcher(handler, InvocationLog::Silent());
    Helm helm(patience, [this] { server_->Wake(); });
    server_->HandOver(helm, http::Server::Answers::kLeaveAtOnce);
    queue_.TellWhenReady([this] { server_->Wake(); });
    std::jthread visitor([this, client = std::move(client)] {
      client();
      queue_.Close();
    });
    InlineSlot(queue_, dispatcher, helm,
               {.drive = [this] { server_->DriveToWake(); },
                .sweep = [this] { server_->Drive(Deadline::After(std::chrono::seconds(0))); },
                .sweep_every = kNever})
        .Run();
    visitor.join();
    server_->Stop();
    threads_ = handler.threads;
  }

  std::string Ask(const std::string& path) {
    http::RawClient client(server_->port());
    client.Send(http::Get(path));
    return client.ReadBody();
  }

  static void Answer(Reply& reply, std::string body) {
    std::move(reply).Send(Response{.body = std::move(body)});
  }

  void OnRequest(http::Request request, http::Responder responder) {
    if (request.path().substr(0, 5) == "/here") {
      driver_.store(std::this_thread::get_id());
      return std::move(responder).Send(http::Text("here"));
    }
    Invocation invocation;
    invocation.request_id = request.path();
    if (auto source = request.TakeBodySource()) {
      invocation.body = std::make_unique<HttpBodyReader>(std::move(source));
    }
    auto flight = std::make_shared<Flight>(ground_.control, invocation);
    Reply reply(std::make_unique<FlightSink>(
        flight, std::make_unique<HttpReplySink>(std::move(responder), MappingOfText())));
    queue_.Push({.invocation = std::move(invocation),
                 .reply = std::move(reply),
                 .flight = std::move(flight)});
  }

  static ReplyMapping MappingOfText() {
    return {.outcome = [](Outcome outcome) {
      auto* const response = std::get_if<Response>(&outcome);
      return http::Text(response == nullptr ? "failed" : std::move(response->body));
    }};
  }

  FlightGround ground_;
  CallQueue queue_{1};
  std::atomic<std::thread::id> driver_;  // Who answered /here last.
  std::vector<std::thread::id> threads_;
  std::unique_ptr<http::Server> server_ = http::StartServer(
      [this](http::Request request, http::Responder responder) {
        OnRequest(std::move(request), std::move(responder));
      },
      {.streams_body = [](const http::Request& /*head*/) { return true; }});
};

TEST_F(InlineSlotTest, DrivesTheServerAndRunsTheFunctionInTheCallersThread) {
  std::string answer;

  Serve([](Invocation& /*invocation*/, Reply& reply) { Answer(reply, "done"); },
        [&] {
          answer = Ask("/function");
          Ask("/here");
        });

  EXPECT_EQ(answer, "done");
  EXPECT_EQ(driver_.load(), std::this_thread::get_id());
  EXPECT_THAT(threads_, Each(std::this_thread::get_id()));
}

TEST_F(InlineSlotTest, WritesTheAnswerBeforeTheFunctionReturns) {
  std::string answer;
  Gate is_read;

  Serve(
      [&](Invocation& /*invocation*/, Reply& reply) {
        Answer(reply, "early");
        is_read.Await();
      },
      [&] {
        answer = Ask("/function");
        is_read.Open();
      });

  EXPECT_EQ(answer, "early");
}

TEST_F(InlineSlotTest, OthersAreServedWhileTheFunctionTakesItsTime) {
  Gate is_served;

  Serve(
      [&](Invocation& /*invocation*/, Reply& reply) {
        is_served.Await();
        Answer(reply, "late");
      },
      [&] {
        http::RawClient waiting(server_->port());
        waiting.Send(http::Get("/function"));
        EXPECT_EQ(Ask("/here/meanwhile"), "here");
        EXPECT_NE(driver_.load(), std::thread::id());
        is_served.Open();
        EXPECT_EQ(waiting.ReadBody(), "late");
      },
      kAtOnce);
}

TEST_F(InlineSlotTest, DrivesAgainItselfOnceTheFunctionIsDone) {
  Gate is_begun;
  Gate is_served;
  std::thread::id meanwhile;

  Serve(
      [&](Invocation& /*invocation*/, Reply& reply) {
        is_begun.Open();
        is_served.Await();
        Answer(reply, "done");
      },
      [&] {
        http::RawClient slow(server_->port());
        slow.Send(http::Get("/slow"));
        is_begun.Await();
        Ask("/here");
        meanwhile = driver_.load();
        is_served.Open();
        slow.ReadBody();
        // Until nothing is left over of the slow one.
        while (driver_.load() == meanwhile) Ask("/here");
      },
      kAtOnce);

  EXPECT_NE(meanwhile, std::this_thread::get_id());
  EXPECT_EQ(driver_.load(), std::this_thread::get_id());
}

TEST_F(InlineSlotTest, RunsWhatCameMeanwhileAlwaysInTheCallersThread) {
  Gate is_served;
  std::vector<std::string> answers;

  Serve(
      [&](Invocation& invocation, Reply& reply) {
        if (invocation.request_id == "/slow") is_served.Await();
        Answer(reply, invocation.request_id);
      },
      [&] {
        http::RawClient slow(server_->port());
        http::RawClient next(server_->port());
        slow.Send(http::Get("/slow"));
        next.Send(http::Get("/next"));
        Ask("/here");
        is_served.Open();
        answers = {slow.ReadBody(), next.ReadBody()};
      },
      kAtOnce);

  EXPECT_THAT(answers, ::testing::ElementsAre("/slow", "/next"));
  EXPECT_THAT(threads_, SizeIs(2));
  EXPECT_THAT(threads_, Each(std::this_thread::get_id()));
}

TEST_F(InlineSlotTest, SweepsTheServerInARowOfQuickFunctions) {
  std::vector<std::string> events;
  Doing handler([&](Invocation& invocation, Reply& reply) {
    events.push_back(invocation.request_id);
    Answer(reply, "done");
  });
  Dispatcher dispatcher(handler, InvocationLog::Silent());
  Helm helm(kNever, [] {});
  for (const char* path : {"/one", "/two"}) {
    OnRequest(MakeRequest({.target = path}), http::Responder(std::make_shared<FakeLine>(), 1));
  }
  queue_.Close();

  InlineSlot(queue_, dispatcher, helm,
             {.drive = [&] { events.push_back("drives"); },
              .sweep = [&] { events.push_back("sweeps"); },
              .sweep_every = kAtOnce})
      .Run();

  EXPECT_THAT(events, ::testing::ElementsAre("sweeps", "/one", "sweeps", "/two", "sweeps"));
}

TEST_F(InlineSlotTest, APieceOfAStreamLeavesBeforeTheNextOneIsMade) {
  Gate is_read;

  Serve(
      [&](Invocation& /*invocation*/, Reply& reply) {
        auto writer = reply.Begin({}).value();
        ASSERT_TRUE(writer->Write("first"));
        is_read.Await();
        ASSERT_TRUE(writer->Write("second"));
        ASSERT_TRUE(writer->Finish());
      },
      [&] {
        http::RawClient client(server_->port());
        client.Send(http::Get("/function"));
        client.ReadUntil("first");
        is_read.Open();
        EXPECT_THAT(client.ReadUntil("0\r\n\r\n"), HasSubstr("second"));
      });
}

TEST_F(InlineSlotTest, TheStandByDrivesWhileAStreamWaitsForItsClient) {
  constexpr std::size_t kMuch = 64UL * 1024 * 1024;  // More than all buffers on the way.

  Serve(
      [&](Invocation& /*invocation*/, Reply& reply) {
        auto writer = reply.Begin({}).value();
        const std::string piece(1024UL * 1024, 'x');
        for (std::size_t sent = 0; sent < kMuch; sent += piece.size()) {
          ASSERT_TRUE(writer->Write(piece));
        }
        ASSERT_TRUE(writer->Finish());
      },
      [&] {
        http::RawClient client(server_->port());
        client.Send("GET /function HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
        EXPECT_EQ(Ask("/here"), "here");  // It waits by now, or will.
        EXPECT_GT(client.ReadToEnd().size(), kMuch);
      });
}

TEST_F(InlineSlotTest, TheStandByDrivesWhileABodyIsAwaited) {
  Gate is_begun;
  std::string body;

  Serve(
      [&](Invocation& invocation, Reply& reply) {
        const auto& reader = std::get<std::unique_ptr<BodyReader>>(invocation.body);
        is_begun.Open();
        for (auto part = reader->Read(); part && !part->empty(); part = reader->Read()) {
          body += *part;
        }
        Answer(reply, "read");
      },
      [&] {
        http::RawClient client(server_->port());
        client.Send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\n");
        is_begun.Await();
        client.Send("the body!");
        EXPECT_EQ(client.ReadBody(), "read");
      });

  EXPECT_EQ(body, "the body!");
}

TEST_F(InlineSlotTest, AnAnswerOfAnotherThreadIsWrittenWhileTheFunctionRuns) {
  Gate is_read;
  std::jthread answering;

  Serve(
      [&](Invocation& /*invocation*/, Reply& reply) {
        answering =
            std::jthread([own = std::move(reply)]() mutable { Answer(own, "from elsewhere"); });
        is_read.Await();
      },
      [&] {
        EXPECT_EQ(Ask("/function"), "from elsewhere");
        is_read.Open();
      });
}

TEST_F(InlineSlotTest, GoesOnWhenAKeptReplyIsAnswered) {
  std::optional<Reply> kept;
  Gate is_kept;

  Serve(
      [&](Invocation& invocation, Reply& reply) {
        if (invocation.request_id == "/kept") {
          kept.emplace(std::move(reply));
          is_kept.Open();
        } else {
          Answer(reply, "next");
        }
      },
      [&] {
        http::RawClient first(server_->port());
        http::RawClient second(server_->port());
        first.Send(http::Get("/kept"));
        is_kept.Await();
        second.Send(http::Get("/next"));
        Ask("/here");
        Answer(*kept, "at last");
        EXPECT_EQ(first.ReadBody(), "at last");
        EXPECT_EQ(second.ReadBody(), "next");
      });
}

}  // namespace
}  // namespace openfc
