#include "emulator/platform/push_carrier.h"

#include "tests/fakes/limit.h"
#include "tests/fakes/peer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>

#include <future>

namespace openfc::emulator {
namespace {

using openfc::testing::kLimit;
using openfc::testing::Peer;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

constexpr const char* kHello = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

/// Keeps what is streamed.
class FakeSink final : public AnswerSink {
 public:
  Status Begin(int answered,
               std::vector<std::pair<std::string, std::string>> /*headers*/) override {
    status = answered;
    return refusal ? Status(*refusal) : Ok();
  }
  Status Write(std::string_view chunk) override {
    text.append(chunk);
    return Ok();
  }
  Status Finish() override {
    is_finished = true;
    return Ok();
  }
  void WhenGone(std::function<void()> callback) override { when_gone = std::move(callback); }

  int status = 0;
  std::string text;
  bool is_finished = false;
  std::optional<Error> refusal;
  std::function<void()> when_gone;
};

/// A carrier to a server that follows a script.
class PushCarrierTest : public ::testing::Test {
 protected:
  void Begin(std::function<void(Peer&)> script, std::size_t most_bytes = 1000) {
    peer_.emplace([script = std::move(script)](Peer& server) {
      server.Accept();  // The probe's.
      script(server);
    });
    function_.custom = CustomRuntime{.port = peer_->port()};
    loop_ = *PlatformLoop::Make();
    carrier_.emplace(*loop_, function_, ServerPlace{.port = peer_->port()},
                     PushOptions{.max_response_bytes = most_bytes},
                     PushListener{.when_event = [this](InstanceEvent event) { OnEvent(event); },
                                  .when_unwell = [](const std::string&) {},
                                  .when_odd = [this](std::string notice) { odd_ = notice; }});
  }

  static Invocation MakeInvocation(const std::string& id) {
    Invocation invocation;
    invocation.request_id = id;
    invocation.function.timeout_s = 20;
    invocation.body = "event";
    return invocation;
  }
  void Submit(const std::string& id) { carrier_->Submit(MakeInvocation(id), nullptr); }

  /// Turns the loop until so much has happened.
  void AwaitEvents(std::size_t count) {
    Await([this, count] { return told_.size() >= count; });
  }
  void Await(const std::function<bool()>& is_done) {
    const UniqueFd readiness = *loop_->Readiness();
    while (!is_done()) {
      pollfd entry{.fd = readiness.get(), .events = POLLIN, .revents = 0};
      if (::poll(&entry, 1, std::chrono::milliseconds(kLimit).count()) != 1) {
        FAIL() << "nothing happens";
      }
      loop_->Turn();
    }
  }

  void OnEvent(const InstanceEvent& event) {
    if (const auto* delivered = std::get_if<Delivered>(&event)) {
      told_.push_back("delivered " + delivered->request_id);
      return;
    }
    const auto& answered = std::get<Answered>(event);
    const auto* response = std::get_if<Response>(&answered.outcome);
    told_.push_back(
        answered.request_id + ": " +
        (response != nullptr ? response->body : std::get<Failure>(answered.outcome).type));
  }

  FunctionDefinition function_;
  std::optional<Peer> peer_;
  std::unique_ptr<PlatformLoop> loop_;
  std::vector<std::string> told_;
  std::string odd_;
  std::optional<PushCarrier> carrier_;  // Last: goes first.
};

TEST_F(PushCarrierTest, CallsTheServerOnceItListens) {
  std::string seen;
  Begin([&](Peer& server) {
    server.Accept();
    seen = server.ReadRequest();
    server.Send(kHello);
  });

  Submit("r-1");
  AwaitEvents(2);

  EXPECT_THAT(told_, ElementsAre("delivered r-1", "r-1: hello"));
  EXPECT_THAT(seen, AllOf(StartsWith("POST /invoke HTTP/1.1\r\n"), HasSubstr("\r\n\r\nevent"),
                          HasSubstr("X-Fc-Function-Deadline: ")));
  EXPECT_THAT(odd_, HasSubstr("listens on 127.0.0.1 alone"));
  EXPECT_TRUE(carrier_->IsIdle());
}

TEST_F(PushCarrierTest, KeepsTheOrderOverOneConnection) {
  Begin([](Peer& server) {
    server.Accept();
    for (int i = 0; i < 2; ++i) {
      server.ReadRequest();
      server.Send(kHello);
    }
  });

  Submit("r-1");
  Submit("r-2");
  AwaitEvents(4);

  EXPECT_THAT(told_, ElementsAre("delivered r-1", "r-1: hello", "delivered r-2", "r-2: hello"));
}

TEST_F(PushCarrierTest, RefusesAnAnswerThatIsTooLarge) {
  Begin(
      [](Peer& server) {
        server.Accept();
        server.ReadRequest();
        server.Send(kHello);
      },
      4);

  Submit("r-1");
  AwaitEvents(2);

  EXPECT_EQ(told_.back(), "r-1: ResponseTooLarge");
}

TEST_F(PushCarrierTest, TellsThatTheConnectionBroke) {
  Begin([](Peer& server) {
    server.Accept();
    server.ReadRequest();
    server.Close();
  });

  Submit("r-1");
  AwaitEvents(2);

  EXPECT_EQ(told_.back(), "r-1: ProcessExited");
}

TEST_F(PushCarrierTest, GivesUpWhatIsUnderWayAndNothingElse) {
  std::promise<void> is_asked;
  std::promise<bool> is_over;
  Begin([&](Peer& server) {
    server.Accept();
    server.ReadRequest();
    is_asked.set_value();
    is_over.set_value(server.AwaitEnd());
  });
  Submit("r-1");
  Submit("r-2");
  AwaitEvents(1);
  is_asked.get_future().wait();

  EXPECT_FALSE(carrier_->GiveUp("r-2"));
  EXPECT_FALSE(carrier_->IsIdle());
  EXPECT_TRUE(carrier_->GiveUp("r-1"));
  EXPECT_FALSE(carrier_->GiveUp("r-1"));

  EXPECT_TRUE(is_over.get_future().get());
}

TEST_F(PushCarrierTest, GivesBackWhatWasNotDelivered) {
  Begin([](Peer& /*server*/) {});
  Submit("r-1");

  const auto withdrawn = carrier_->Withdraw("r-1");

  ASSERT_TRUE(withdrawn);
  EXPECT_EQ(std::get<std::string>(withdrawn->body), "event");
  EXPECT_FALSE(carrier_->Withdraw("r-1"));
  EXPECT_THAT(told_, IsEmpty());
}

TEST_F(PushCarrierTest, StreamsTheAnswerToARequest) {
  Begin([](Peer& server) {
    server.Accept();
    server.ReadRequest();
    server.Send(
        "HTTP/1.1 418 Teapot\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nte\r\n1\r\na\r\n0\r\n\r\n");
  });
  const auto sink = std::make_shared<FakeSink>();

  carrier_->Submit(MakeInvocation("r-1"), sink);
  AwaitEvents(2);

  EXPECT_EQ(told_.back(), "r-1: ");
  EXPECT_EQ(sink->status, 418);
  EXPECT_EQ(sink->text, "tea");
  EXPECT_TRUE(sink->is_finished);
}

TEST_F(PushCarrierTest, LetsTheServerGoWithTheClient) {
  std::promise<void> is_asked;
  Begin([&](Peer& server) {
    server.Accept();
    server.ReadRequest();
    is_asked.set_value();
    server.AwaitEnd();
  });
  const auto sink = std::make_shared<FakeSink>();
  carrier_->Submit(MakeInvocation("r-1"), sink);
  AwaitEvents(1);
  is_asked.get_future().wait();

  sink->when_gone();
  AwaitEvents(2);

  EXPECT_EQ(told_.back(), "r-1: InvocationCanceled");
  EXPECT_FALSE(sink->is_finished);
}

TEST_F(PushCarrierTest, TellsWhyAnAnswerCouldNotBePassedOn) {
  Begin([](Peer& server) {
    server.Accept();
    server.ReadRequest();
    server.Send(kHello);
  });
  const auto sink = std::make_shared<FakeSink>();
  sink->refusal = Error{ErrorCode::kProtocol, "too large"};

  carrier_->Submit(MakeInvocation("r-1"), sink);
  AwaitEvents(2);

  EXPECT_EQ(told_.back(), "r-1: BadResponse");
}

TEST_F(PushCarrierTest, EndsWithCallsUnderWay) {
  std::promise<void> is_asked;
  std::promise<bool> is_over;
  Begin([&](Peer& server) {
    server.Accept();
    server.ReadRequest();
    is_asked.set_value();
    is_over.set_value(server.AwaitEnd());
  });
  const auto sink = std::make_shared<FakeSink>();
  carrier_->Submit(MakeInvocation("r-1"), sink);
  Submit("r-2");
  AwaitEvents(1);
  is_asked.get_future().wait();

  carrier_.reset();

  EXPECT_TRUE(is_over.get_future().get());
  sink->when_gone();  // Without effect.
  loop_->Turn();
  EXPECT_THAT(told_, ElementsAre("delivered r-1"));
}

}  // namespace
}  // namespace openfc::emulator
