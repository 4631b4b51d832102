#include "runtime/http/responder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace openfc::http {
namespace {

using ::testing::ElementsAre;

class FakeLine final : public AnswerLine {
 public:
  void Answer(std::uint64_t ticket, Response response) override {
    answers.emplace_back(ticket, response.status);
  }
  void WhenGone(std::uint64_t, std::function<void()> callback) override { watch = callback; }
  bool IsGone() const override { return is_gone; }

  std::vector<std::pair<std::uint64_t, int>> answers;
  std::function<void()> watch;
  bool is_gone = false;
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
  responder.WhenGone([&told] { told = true; });
  EXPECT_FALSE(responder.IsGone());

  line_->is_gone = true;
  line_->watch();

  EXPECT_TRUE(responder.IsGone());
  EXPECT_TRUE(told);
}

}  // namespace
}  // namespace openfc::http
