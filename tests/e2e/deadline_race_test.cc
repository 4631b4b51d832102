// Invocations that end right at their deadlines, many times over: `./dev soak` runs this, `./dev
// test` does not.

#include "tests/fakes/platform.h"
#include "tests/fakes/program.h"
#include "tests/fakes/temp_dir.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>

namespace openfc::testing {
namespace {

constexpr const char* kHandler = R"(
import time

def handler(event, context):
    if event == b"sleep":
        time.sleep(0.05)
    return event
)";

class DeadlineRaceTest : public ::testing::Test {
 protected:
  DeadlineRaceTest() {
    code_.WriteFile("index.py", kHandler);
    ProgramOptions options;
    options.environment = {{"FC_RUNTIME_API", platform_.address()},
                           {"FC_FUNC_CODE_PATH", code_.path().string()}};
    instance_ = std::make_unique<Program>("rloader", options);
  }

  TempDir code_;
  Platform platform_;
  std::unique_ptr<Program> instance_;
};

TEST_F(DeadlineRaceTest, AnInvocationThatEndsAtItsDeadlineIsAnsweredOnce) {
  constexpr int kRounds = 300;
  int timed_out = 0;
  for (int round = 0; round < kRounds; ++round) {
    // The handler sleeps 50 ms; its deadline is from 40 to 129 ms away, of which a new start takes
    // its part.
    const std::string id = "r-" + std::to_string(round);
    const auto deadline = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::system_clock::now().time_since_epoch() +
        std::chrono::milliseconds(40 + round % 90));
    platform_.AnswerNext(
        Invoke(id, "sleep", {{"x-fc-function-deadline", std::to_string(deadline.count())}}));
    const auto post = platform_.AwaitPostFor(id);
    ASSERT_TRUE(post) << id;
    if (post->path.ends_with("/error")) ++timed_out;
  }
  platform_.AnswerNext(Invoke("last", "event"));
  ASSERT_TRUE(platform_.AwaitPostFor("last"));

  EXPECT_EQ(platform_.posts().size(), static_cast<std::size_t>(kRounds) + 1);
  RecordProperty("timed_out", timed_out);
  EXPECT_GT(timed_out, 0);
  EXPECT_LT(timed_out, kRounds);
}

}  // namespace
}  // namespace openfc::testing
