#include "runtime/client/post_policy.h"

#include <gtest/gtest.h>

namespace openfc {
namespace {

TEST(JudgePostTest, TakesAnySuccessForAccepted) {
  for (const int status : {200, 201, 202, 204, 299}) {
    EXPECT_EQ(JudgePost(status), PostVerdict::kAccepted) << status;
  }
}

TEST(JudgePostTest, TakesWhatThePlatformDoesNotWantForRefused) {
  for (const int status : {301, 302, 399, 400, 403, 404, 408, 410, 429, 499}) {
    EXPECT_EQ(JudgePost(status), PostVerdict::kRefused) << status;
  }
}

TEST(JudgePostTest, TellsWhatWasTooLarge) { EXPECT_EQ(JudgePost(413), PostVerdict::kTooLarge); }

TEST(JudgePostTest, TriesAgainWhenNobodyHasSpokenOrThePlatformFailed) {
  for (const int status : {0, 100, 103, 500, 502, 503, 599}) {
    EXPECT_EQ(JudgePost(status), PostVerdict::kAgain) << status;
  }
}

}  // namespace
}  // namespace openfc
