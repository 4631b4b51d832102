#include "runtime/client/poll_patience.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

namespace openfc {
namespace {

const Error kRefusal{ErrorCode::kProtocol, "the platform answered 403"};
const Error kFailure{ErrorCode::kUnavailable, "connection refused"};

/// Calls `step` in `count` threads at once and waits for them.
template <typename Step>
void InThreads(int count, const Step& step) {
  std::vector<std::jthread> threads;
  threads.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) threads.emplace_back(step);
}

TEST(PollPatienceTest, PausesForAFailureWithinItsBounds) {
  PollPatience patience;
  for (int i = 0; i < 50; ++i) {
    const auto pause = patience.OnFailure(kFailure);

    ASSERT_TRUE(pause);
    EXPECT_LE(*pause, std::chrono::seconds(2));
  }
  EXPECT_FALSE(patience.is_refused());
}

TEST(PollPatienceTest, BeginsWithShortPausesAfterASuccess) {
  PollPatience patience;
  for (int round = 0; round < 20; ++round) {
    for (int i = 0; i < 10; ++i) (void)patience.OnFailure(kFailure);
    patience.OnSuccess();

    EXPECT_LE(*patience.OnFailure(kFailure), std::chrono::milliseconds(50));
  }
}

TEST(PollPatienceTest, EndsAtTheTenthRefusalInARowAndStaysSo) {
  PollPatience patience;
  for (int i = 0; i < 9; ++i) ASSERT_TRUE(patience.OnFailure(kRefusal)) << i;

  const auto last = patience.OnFailure(kRefusal);

  ASSERT_FALSE(last);
  EXPECT_EQ(last.error().code, ErrorCode::kProtocol);
  EXPECT_TRUE(patience.is_refused());
  patience.OnSuccess();
  (void)patience.OnFailure(kFailure);
  EXPECT_TRUE(patience.is_refused());
}

TEST(PollPatienceTest, CountsTheRefusalsOfAllThreadsTogether) {
  PollPatience patience;
  std::atomic<int> ends{0};

  InThreads(10, [&] {
    if (!patience.OnFailure(kRefusal)) ++ends;
  });

  EXPECT_EQ(ends.load(), 1);
  EXPECT_TRUE(patience.is_refused());
}

TEST(PollPatienceTest, CountsAnewAfterAnyThreadsSuccess) {
  PollPatience patience;
  for (int round = 0; round < 20; ++round) {
    InThreads(9, [&] { EXPECT_TRUE(patience.OnFailure(kRefusal)); });
    InThreads(1, [&] { patience.OnSuccess(); });
  }

  EXPECT_FALSE(patience.is_refused());
}

TEST(PollPatienceTest, StandsFailuresAndSuccessesOfManyThreadsAtOnce) {
  PollPatience patience;
  std::atomic<int> pauses{0};

  InThreads(8, [&] {
    for (int i = 0; i < 500; ++i) {
      if (patience.OnFailure(kFailure)) ++pauses;
      patience.OnSuccess();
    }
  });

  EXPECT_EQ(pauses.load(), 8 * 500);
  EXPECT_FALSE(patience.is_refused());
}

}  // namespace
}  // namespace openfc
