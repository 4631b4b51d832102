#include "runtime/http/responder.h"

#include "runtime/http/answer_stream.h"
#include "runtime/http/web_socket_pipe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace openfc::http {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class FakeLine final : public AnswerLine {
 public:
  void Answer(std::uint64_t ticket, Response response) override {
    answers.emplace_back(ticket, response.status);
  }
  std::unique_ptr<AnswerWriter> Begin(std::uint64_t ticket, Response head) override {
    begun.emplace_back(ticket, head.status);
    return std::make_unique<AnswerWriter>(std::make_shared<AnswerStream>([] {}));
  }
  std::unique_ptr<WebSocket> Upgrade(std::uint64_t ticket, HeaderList) override {
    begun.emplace_back(ticket, 101);
    return std::make_unique<WebSocket>(std::make_shared<WebSocketPipe>([] {}));
  }
  void Overrule(std::uint64_t ticket, Response response) override {
    overruled.emplace_back(ticket, response.status);
  }
  void WhenHalfClosed(std::uint64_t, std::function<void()> callback) override { watch = callback; }
  void WhenGone(std::uint64_t, std::function<void()> callback) override { gone_watch = callback; }
  bool IsHalfClosed() const override { return is_half_closed; }

  std::vector<std::pair<std::uint64_t, int>> answers;
  std::vector<std::pair<std::uint64_t, int>> begun;
  std::vector<std::pair<std::uint64_t, int>> overruled;
  std::function<void()> watch;
  std::function<void()> gone_watch;
  bool is_half_closed = false;
};

class ResponderTest : public ::testing::Test {
 protected:
  std::shared_ptr<FakeLine> line_ = std::make_shared<FakeLine>();
};

TEST_F(ResponderTest, AnswersOnceUnderItsTicket) {
  {
    Responder responder(line_, 7);
    std::move(responder).Send({.status = 202});
  }

  EXPECT_THAT(line_->answers, ElementsAre(std::pair(7, 202)));
}

TEST_F(ResponderTest, AnswersForWhoeverDropsIt) {
  { const Responder responder(line_, 7); }

  EXPECT_THAT(line_->answers, ElementsAre(std::pair(7, 500)));
}

TEST_F(ResponderTest, MovesWithoutAnswering) {
  Responder first(line_, 1);
  Responder second(line_, 2);

  first = std::move(second);

  EXPECT_THAT(line_->answers, ElementsAre(std::pair(1, 500)));
  std::move(first).Send({.status = 200});
  EXPECT_THAT(line_->answers, ElementsAre(std::pair(1, 500), std::pair(2, 200)));
}

TEST_F(ResponderTest, PassesOnWhetherTheClientIsThere) {
  Responder responder(line_, 7);
  bool told = false;
  bool told_gone = false;
  responder.WhenHalfClosed([&told] { told = true; });
  responder.WhenGone([&told_gone] { told_gone = true; });
  EXPECT_FALSE(responder.IsHalfClosed());

  line_->is_half_closed = true;
  line_->watch();
  EXPECT_TRUE(responder.IsHalfClosed());
  EXPECT_TRUE(told);
  EXPECT_FALSE(told_gone);

  line_->gone_watch();
  EXPECT_TRUE(told_gone);
}

TEST_F(ResponderTest, IsConsumedByABegunAnswer) {
  {
    Responder responder(line_, 7);
    EXPECT_TRUE(responder.Begin({.status = 206}).has_value());
  }

  EXPECT_THAT(line_->begun, ElementsAre(std::pair(7, 206)));
  EXPECT_THAT(line_->answers, IsEmpty());
}

TEST_F(ResponderTest, CanStillAnswerWhenItCouldNotBegin) {
  Responder responder(line_, 7);

  const auto begun = responder.Begin({.headers = {{"X-Bad", "a\r\nSet-Cookie: b"}}});

  EXPECT_EQ(begun.error().code, ErrorCode::kInvalidArgument);
  std::move(responder).Send({.status = 502});
  EXPECT_THAT(line_->answers, ElementsAre(std::pair(7, 502)));
}

TEST_F(ResponderTest, UpgradesWhereItWasAskedFor) {
  Responder plain(line_, 1);
  Responder offered(line_, 2, Responder::Offer::kUpgrade);

  EXPECT_EQ(plain.Upgrade({}).error().code, ErrorCode::kInvalidArgument);
  EXPECT_TRUE(offered.Upgrade({}).has_value());

  EXPECT_THAT(line_->begun, ElementsAre(std::pair(2, 101)));
}

TEST_F(ResponderTest, CanBeOverruledAfterItIsGone) {
  std::optional<Overruler> overruler;
  {
    Responder responder(line_, 7);
    overruler = responder.overruler();
    std::move(responder).Send({.status = 200});
  }

  overruler->Answer({.status = 504});

  EXPECT_THAT(line_->overruled, ElementsAre(std::pair(7, 504)));
}

}  // namespace
}  // namespace openfc::http
