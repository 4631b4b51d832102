#include "runtime/http/mailbox.h"

#include "runtime/http/answer_stream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

namespace openfc::http {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class FakeConnection final : public Recipient {
 public:
  void OnLetter(std::uint64_t ticket, letter::Content&& content) override {
    std::string what = "something";
    if (auto* const answer = std::get_if<letter::Answer>(&content)) what = answer->response.body;
    if (std::holds_alternative<letter::Watch>(content)) what = "watch";
    if (std::holds_alternative<letter::Nudge>(content)) what = "nudge";
    if (auto* const begin = std::get_if<letter::Begin>(&content)) {
      what = "begin";
      stream = begin->stream;
    }
    heard.push_back(std::to_string(ticket) + " " + what);
  }

  std::shared_ptr<AnswerStream> stream;
  std::vector<std::string> heard;
};

Response Saying(std::string body) { return Response{.body = std::move(body)}; }

class MailboxTest : public ::testing::Test {
 protected:
  void TearDown() override { mailbox_->Close(); }  // Letters that nobody takes hold their lines.

  int wakes_ = 0;
  FakeConnection connection_;
  std::shared_ptr<Mailbox> mailbox_ = std::make_shared<Mailbox>([this] { ++wakes_; });
  std::shared_ptr<Line> line_ = std::make_shared<Line>(mailbox_, connection_);
};

TEST_F(MailboxTest, WakesTheServerOnceForManyLetters) {
  line_->Answer(1, Saying("one"));
  line_->WhenHalfClosed(2, [] {});
  line_->Answer(2, Saying("two"));
  EXPECT_THAT(connection_.heard, IsEmpty());

  mailbox_->Deliver();

  EXPECT_THAT(connection_.heard, ElementsAre("1 one", "2 watch", "2 two"));
  EXPECT_EQ(wakes_, 1);
}

TEST_F(MailboxTest, AnswersOnTheServersThreadTakeNoDetour) {
  mailbox_->SetOwner();

  line_->Answer(7, Saying("at once"));

  EXPECT_THAT(connection_.heard, ElementsAre("7 at once"));
  EXPECT_EQ(wakes_, 0);
}

/// Lets in whoever comes, as long as the test says so.
class FakeGate final : public Gate {
 public:
  bool TryEnter() override {
    if (!is_open) return false;
    ++entered;
    return true;
  }
  void Leave() override { --entered; }
  void CallDriver() override { ++calls; }

  bool is_open = true;
  int entered = 0;
  int calls = 0;
};

TEST_F(MailboxTest, NothingThatCanEnterTheGateTakesADetour) {
  FakeGate gate;
  mailbox_->UseGate(gate, /*hoards=*/false);

  line_->WhenHalfClosed(7, [] {});
  line_->Answer(7, Saying("at once"));

  EXPECT_THAT(connection_.heard, ElementsAre("7 watch", "7 at once"));
  EXPECT_EQ(wakes_, 0);
  EXPECT_EQ(gate.entered, 0);
}

TEST_F(MailboxTest, WhoCannotEnterTheGateCallsTheDriver) {
  FakeGate gate;
  gate.is_open = false;
  mailbox_->UseGate(gate, /*hoards=*/false);

  line_->Answer(7, Saying("later"));

  EXPECT_THAT(connection_.heard, IsEmpty());
  EXPECT_EQ(wakes_, 1);
  EXPECT_EQ(gate.calls, 1);
}

TEST_F(MailboxTest, MayKeepWholeAnswersOfWhoCanEnterTheGateForTheNextDelivery) {
  FakeGate gate;
  mailbox_->UseGate(gate, /*hoards=*/true);

  line_->WhenHalfClosed(1, [] {});
  line_->Answer(1, Saying("one"));
  line_->Answer(2, Saying("two"));
  EXPECT_THAT(connection_.heard, IsEmpty());
  mailbox_->Deliver();

  EXPECT_THAT(connection_.heard, ElementsAre("1 watch", "1 one", "2 two"));
  EXPECT_EQ(wakes_, 0);
  EXPECT_EQ(gate.entered, 0);
}

TEST_F(MailboxTest, KeepsNoAnswerForLong) {
  FakeGate gate;
  mailbox_->UseGate(gate, /*hoards=*/true);

  std::uint64_t given = 0;
  while (connection_.heard.empty()) line_->Answer(++given, Saying("more"));

  EXPECT_EQ(connection_.heard.size(), given);
  EXPECT_EQ(gate.entered, 0);
}

TEST_F(MailboxTest, KeepsNoAnswerOfTheServersThread) {
  FakeGate gate;
  gate.is_open = false;
  mailbox_->UseGate(gate, /*hoards=*/true);
  mailbox_->SetOwner();

  line_->Answer(1, Saying("at once"));

  EXPECT_THAT(connection_.heard, ElementsAre("1 at once"));
}

TEST_F(MailboxTest, CallsTheDriverForALetterBehindKeptAnswers) {
  FakeGate gate;
  mailbox_->UseGate(gate, /*hoards=*/true);
  line_->Answer(1, Saying("kept"));

  gate.is_open = false;
  line_->Answer(2, Saying("of another thread"));

  EXPECT_EQ(wakes_, 1);
  EXPECT_EQ(gate.calls, 1);
  mailbox_->Deliver();
  EXPECT_THAT(connection_.heard, ElementsAre("1 kept", "2 of another thread"));
}

TEST_F(MailboxTest, CallsTheDriverAgainForWhatComesAfterADelivery) {
  line_->Answer(1, Saying("one"));
  mailbox_->Deliver();

  line_->Answer(2, Saying("two"));

  EXPECT_EQ(wakes_, 2);
}

TEST_F(MailboxTest, NobodyEntersTheGateOnceItIsClosed) {
  FakeGate gate;
  mailbox_->UseGate(gate, /*hoards=*/false);
  mailbox_->Close();

  line_->Answer(7, Saying("too late"));

  EXPECT_THAT(connection_.heard, IsEmpty());
}

TEST_F(MailboxTest, AnswersToAClosedConnectionAreDropped) {
  line_->Answer(1, Saying("late"));
  line_->Cut();

  mailbox_->Deliver();

  EXPECT_THAT(connection_.heard, IsEmpty());
}

TEST_F(MailboxTest, AWatchOnAClosedConnectionIsToldAtOnce) {
  bool told = false;
  line_->WhenHalfClosed(1, [&told] { told = true; });
  line_->Cut();

  mailbox_->Deliver();

  EXPECT_TRUE(told);
}

TEST_F(MailboxTest, NobodyIsWokenAfterItWasClosed) {
  mailbox_->Close();

  line_->Answer(1, Saying("too late"));
  mailbox_->Deliver();

  EXPECT_EQ(wakes_, 0);
  EXPECT_THAT(connection_.heard, IsEmpty());
}

TEST_F(MailboxTest, AStreamTellsTheConnectionOfItsFirstBytesOnly) {
  const auto writer = line_->Begin(3, Saying(""));
  mailbox_->Deliver();

  ASSERT_TRUE(writer->TryWrite("a", nullptr).has_value());
  ASSERT_TRUE(writer->TryWrite("b", nullptr).has_value());
  mailbox_->Deliver();

  EXPECT_THAT(connection_.heard, ElementsAre("3 begin", "3 nudge"));
  EXPECT_EQ(connection_.stream->Take().bytes, "ab");
}

TEST_F(MailboxTest, AStreamToAClosedConnectionIsCancelled) {
  const auto writer = line_->Begin(3, Saying(""));
  line_->Cut();

  mailbox_->Deliver();

  EXPECT_EQ(writer->TryWrite("late", nullptr).error().code, ErrorCode::kCancelled);
}

TEST_F(MailboxTest, AStreamBegunAfterItWasClosedIsCancelled) {
  mailbox_->Close();

  const auto writer = line_->Begin(3, Saying(""));

  EXPECT_EQ(writer->Finish().error().code, ErrorCode::kCancelled);
}

TEST_F(MailboxTest, TakesLettersFromManyThreads) {
  constexpr int kThreads = 4;
  constexpr int kEach = 250;

  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([this] {
        for (std::uint64_t ticket = 0; ticket < kEach; ++ticket) line_->Answer(ticket, Saying("x"));
      });
    }
  }
  mailbox_->Deliver();

  EXPECT_EQ(connection_.heard.size(), static_cast<std::size_t>(kThreads * kEach));
}

}  // namespace
}  // namespace openfc::http
