#include "runtime/server/flight.h"

#include "runtime/server/answers.h"
#include "runtime/wire/fault.h"
#include "tests/unit/runtime/server/server_fakes.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace openfc {
namespace {

using std::chrono_literals::operator""ms;
using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;

class FlightTest : public ::testing::Test {
 protected:
  FlightTest() {
    invocation_.request_id = "r-1";
    invocation_.function.timeout_s = 7;
  }

  /// A request that arrives now, with its reply.
  void Arrive(Deadline deadline = Deadline::Never()) {
    invocation_.deadline = deadline;
    const ReplyMapping mapping = MappingOf(RequestKind::kEvent, "r-1", 404);
    http::Responder responder(line_, 1);
    flight_ = std::make_shared<Flight>(ground_.control, invocation_);
    flight_->WatchDeadline(responder.overruler(), mapping);
    reply_.emplace(std::make_unique<FlightSink>(
        flight_, std::make_unique<HttpReplySink>(std::move(responder), mapping)));
  }

  bool BeginRun() {
    queue_.Push({.invocation = {}, .reply = Reply(std::make_unique<Nobody>()), .flight = nullptr});
    (void)queue_.Pop();
    return flight_->BeginRun(Permit(queue_));
  }

  MetricsSum Figures() const { return ground_.page->metrics().Sum(0); }
  std::vector<InFlight> Rows() const { return ground_.page->ReadInFlight(); }
  static Deadline Past() { return Deadline(Deadline::Clock::now() - 1ms); }

  std::string TypeOfAnswer() const {
    return nlohmann::json::parse(line_->answer->body)["errorType"];
  }

  class Nobody final : public ReplySink {
   public:
    void Send(Outcome /*outcome*/) override {}
    Expected<std::unique_ptr<BodyWriter>> Begin(StreamHead /*head*/) override {
      return Error{ErrorCode::kInvalidArgument, ""};
    }
    void Abandon() override {}
  };

  FlightGround ground_;
  CallQueue queue_{1};
  Invocation invocation_;
  std::shared_ptr<FakeLine> line_ = std::make_shared<FakeLine>();
  std::shared_ptr<Flight> flight_;
  std::optional<Reply> reply_;
};

TEST_F(FlightTest, IsInThePageWhileTheFunctionRuns) {
  Arrive();
  EXPECT_THAT(Rows(), IsEmpty());

  ASSERT_TRUE(BeginRun());
  ASSERT_THAT(Rows(), SizeIs(1));
  EXPECT_EQ(Rows()[0].request_id, "r-1");
  EXPECT_EQ(Rows()[0].state, RowState::kRunning);

  std::move(*reply_).Send(Response{.body = "text"});
  EXPECT_THAT(Rows(), IsEmpty());
  EXPECT_EQ(line_->answer->body, "text");
}

TEST_F(FlightTest, IsCountedAsItGoesOn) {
  Arrive();
  EXPECT_EQ(Figures().waiting, 1);

  ASSERT_TRUE(BeginRun());
  EXPECT_EQ(Figures().waiting, 0);
  EXPECT_EQ(Figures().running, 1);

  std::move(*reply_).Send(Failure{.type = "ValueError", .document = "{}"});
  EXPECT_EQ(Figures().running, 0);
  EXPECT_EQ(Figures().failures[0], 1U);
  EXPECT_THAT(Figures().errors, Contains(Pair("ValueError", 1U)));
}

TEST_F(FlightTest, IsAnsweredWhenItsReplyIsLetGo) {
  Arrive();
  ASSERT_TRUE(BeginRun());

  reply_.reset();

  EXPECT_EQ(TypeOfAnswer(), "NoAnswer");
  EXPECT_THAT(Rows(), IsEmpty());
  EXPECT_THAT(Figures().errors, Contains(Pair("NoAnswer", 1U)));
}

TEST_F(FlightTest, GivesItsPermitBackWithTheAnswer) {
  Arrive();
  ASSERT_TRUE(BeginRun());
  queue_.Close();

  std::move(*reply_).Send(Response{});

  EXPECT_FALSE(queue_.Pop());
}

TEST_F(FlightTest, NeverBeginsWhenItsDeadlinePassedBefore) {
  Arrive(Past());

  ground_.alarms->Ring();

  EXPECT_EQ(TypeOfAnswer(), "FunctionTimeout");
  EXPECT_FALSE(BeginRun());
  EXPECT_THAT(Rows(), IsEmpty());
  EXPECT_EQ(ground_.wakes, 0);
  EXPECT_EQ(Figures().waiting, 0);
}

TEST_F(FlightTest, IsAnsweredAtItsDeadlineAndLeftToRloader) {
  Arrive(Past());
  ASSERT_TRUE(BeginRun());

  ground_.alarms->Ring();
  EXPECT_TRUE(line_->was_overruled);
  EXPECT_EQ(TypeOfAnswer(), "FunctionTimeout");
  EXPECT_EQ(ground_.times_turned_away, 1);
  EXPECT_EQ(ground_.wakes, 0);

  ground_.alarms->Ring();  // The server's thread has come round.
  ASSERT_THAT(Rows(), SizeIs(1));
  EXPECT_EQ(Rows()[0].state, RowState::kAnswered);
  EXPECT_EQ(ground_.wakes, 1);
}

TEST_F(FlightTest, IsAnsweredOnceAtItsDeadline) {
  Arrive(Past());
  ASSERT_TRUE(BeginRun());
  ground_.alarms->Ring();

  std::move(*reply_).Send(Response{.body = "late"});

  EXPECT_EQ(TypeOfAnswer(), "FunctionTimeout");
  EXPECT_EQ(Figures().successes[0], 0U);
  EXPECT_EQ(Figures().failures[0], 1U);
}

TEST_F(FlightTest, IsNotOverruledOnceItIsAnswered) {
  Arrive(Past());
  ASSERT_TRUE(BeginRun());
  std::move(*reply_).Send(Response{.body = "text"});

  ground_.alarms->Ring();

  EXPECT_FALSE(line_->was_overruled);
}

TEST_F(FlightTest, HasMoreTimeWhenItEndsItself) {
  Arrive(Past());
  ASSERT_TRUE(BeginRun());
  reply_->EndsItselfAtDeadline();

  ground_.alarms->Ring();

  EXPECT_FALSE(line_->was_overruled);
  EXPECT_TRUE(Rows()[0].cancels_itself);
}

TEST_F(FlightTest, LeavesNoRowWhereThereIsNoRloader) {
  ground_.control.wake_rloader = {};
  Arrive(Past());
  ASSERT_TRUE(BeginRun());

  ground_.alarms->Ring();
  ground_.alarms->Ring();

  EXPECT_EQ(TypeOfAnswer(), "FunctionTimeout");
  EXPECT_THAT(Rows(), IsEmpty());
}

TEST_F(FlightTest, TurnsNobodyAwayWhereRloaderDoesNotKnowOfIt) {
  for (std::size_t i = 0; i < SharedPage::kRows; ++i) {
    ASSERT_TRUE(ground_.page->Receive("other", 0, Deadline::Never(), 0).has_value());
  }
  Arrive(Past());
  ASSERT_TRUE(BeginRun());

  ground_.alarms->Ring();
  ground_.alarms->Ring();

  EXPECT_EQ(TypeOfAnswer(), "FunctionTimeout");
  EXPECT_EQ(ground_.times_turned_away, 0);
  EXPECT_EQ(ground_.wakes, 0);
}

TEST_F(FlightTest, LeavesTheRowToRloaderThatClaimedIt) {
  Arrive();
  ASSERT_TRUE(BeginRun());
  ASSERT_TRUE(ground_.page->TryClaim(Rows()[0].row, /*is_dead=*/false));

  std::move(*reply_).Send(Response{});

  ASSERT_THAT(Rows(), SizeIs(1));
  EXPECT_EQ(Rows()[0].state, RowState::kClaimed);
}

}  // namespace
}  // namespace openfc
