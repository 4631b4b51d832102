#include "runtime/client/backoff.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace openfc {
namespace {

using std::chrono::milliseconds;

TEST(BackoffTest, DoublesFromFiftyMillisecondsToTwoSeconds) {
  Backoff backoff(1);
  std::vector<milliseconds> bounds;

  for (int i = 0; i < 8; ++i) {
    bounds.push_back(backoff.bound());
    (void)backoff.NextDelay();
  }

  EXPECT_EQ(bounds,
            (std::vector<milliseconds>{milliseconds(50), milliseconds(100), milliseconds(200),
                                       milliseconds(400), milliseconds(800), milliseconds(1600),
                                       milliseconds(2000), milliseconds(2000)}));
}

TEST(BackoffTest, JittersOverTheWholeRangeAndNeverBeyond) {
  milliseconds shortest = milliseconds::max();
  milliseconds longest{0};
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    const milliseconds delay = Backoff(seed).NextDelay();
    shortest = std::min(shortest, delay);
    longest = std::max(longest, delay);
  }

  EXPECT_GE(shortest, milliseconds(0));
  EXPECT_LE(longest, milliseconds(50));
  EXPECT_LT(shortest, milliseconds(10));
  EXPECT_GT(longest, milliseconds(40));
}

TEST(BackoffTest, BeginsAnewAfterASuccess) {
  Backoff backoff(1);
  (void)backoff.NextDelay();
  (void)backoff.NextDelay();

  backoff.Reset();

  EXPECT_EQ(backoff.bound(), milliseconds(50));
}

}  // namespace
}  // namespace openfc
