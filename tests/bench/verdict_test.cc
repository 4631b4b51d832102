#include "tests/bench/verdict.h"

#include <gtest/gtest.h>

namespace openfc::bench {
namespace {

Round RoundOf(std::size_t count, std::chrono::seconds elapsed) {
  Round round{.elapsed = elapsed, .latencies_us = {}};
  round.latencies_us.resize(count);
  return round;
}

TEST(VerdictTest, ComparesRoundByRoundSoThatASlowMachineSlowsBoth) {
  const Target half{.text = "half", .factor = 0.5};

  const Verdict verdict = Judge(half, {60, 6, 600}, {100, 10, 1000});

  ASSERT_TRUE(verdict.ratio);
  EXPECT_DOUBLE_EQ(verdict.ratio->lowest, 0.6);
  EXPECT_DOUBLE_EQ(verdict.ratio->highest, 0.6);
  EXPECT_TRUE(verdict.is_reached);
}

TEST(VerdictTest, LetsTheMedianDecide) {
  const Target twice{.text = "twice", .factor = 2};

  EXPECT_FALSE(Judge(twice, {1, 1, 9}, {1, 1, 1}).is_reached);
  EXPECT_TRUE(Judge(twice, {1, 2, 2}, {1, 1, 1}).is_reached);
}

TEST(VerdictTest, KnowsTargetsThatAreCeilings) {
  const Target ceiling{.text = "1.5 times", .goal = Goal::kAtMost, .factor = 1.5};

  EXPECT_TRUE(Judge(ceiling, {14}, {10}).is_reached);
  EXPECT_FALSE(Judge(ceiling, {16}, {10}).is_reached);
}

TEST(VerdictTest, IsNotReachedWithoutFigures) {
  const Verdict verdict = Judge({.text = "any"}, {}, {1});

  EXPECT_FALSE(verdict.is_reached);
  EXPECT_EQ(verdict.remark, "not measured");
}

TEST(VerdictTest, IsNotReachedByWrongAnswersHoweverFast) {
  Row ours{.name = "ours", .rounds = {RoundOf(1000, std::chrono::seconds(1))}};
  const Row theirs{.name = "theirs", .rounds = {RoundOf(10, std::chrono::seconds(1))}};
  ours.rounds.front().wrong_answers = 3;

  const Verdict verdict = JudgeRates({.text = "any"}, ours, theirs);

  EXPECT_FALSE(verdict.is_reached);
  EXPECT_EQ(verdict.remark, "ours: 3 wrong answers");
}

TEST(VerdictTest, NamesTheSubjectThatFailed) {
  const Row ours{.name = "ours", .rounds = {RoundOf(10, std::chrono::seconds(1))}};
  const Row theirs{.name = "theirs", .failure = "the runtime ended"};

  EXPECT_EQ(JudgeRates({.text = "any"}, ours, theirs).remark, "theirs: the runtime ended");
}

TEST(VerdictTest, ComparesWithAnIdealRate) {
  const Row ours{.name = "ours", .rounds = {RoundOf(950, std::chrono::seconds(1))}};

  EXPECT_TRUE(JudgeIdeal({.text = "0.9", .factor = 0.9}, ours, 1000).is_reached);
  EXPECT_FALSE(JudgeIdeal({.text = "0.96", .factor = 0.96}, ours, 1000).is_reached);
}

}  // namespace
}  // namespace openfc::bench
