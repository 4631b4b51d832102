#include "sandbox/service/watched_executor.h"

#include "tests/fakes/fake_executor.h"

#include <gmock/gmock.h>

#include <vector>

namespace openfc::sandbox {
namespace {

using openfc::testing::FakeExecutor;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class WatchedExecutorTest : public ::testing::Test {
 protected:
  RunEvents Events() {
    return {.on_end = [this](const RunOutcome& outcome) { ends_.push_back(outcome.end); }};
  }
  std::string Figures() const { return executor_.figures().Text({}, {}, 0); }

  FakeExecutor inner_;
  RunLog log_{-1};
  std::vector<RunEnd> ends_;
  WatchedExecutor executor_{inner_, "plain", log_};  // Last: its end tells the others.
};

TEST_F(WatchedExecutorTest, CountsEndsByTheirVerdict) {
  ASSERT_TRUE(executor_.Submit({}, Events()));
  ASSERT_TRUE(executor_.Submit({}, Events()));
  inner_.End(*inner_.taken().at(1), {.end = RunEnd::kTimedOut});

  EXPECT_THAT(ends_, ElementsAre(RunEnd::kTimedOut));
  EXPECT_THAT(Figures(), HasSubstr("fcsandbox_runs_total{verdict=\"timed_out\"} 1\n"));
  EXPECT_THAT(Figures(), HasSubstr("fcsandbox_runs_total{verdict=\"exited\"} 0\n"));
}

TEST_F(WatchedExecutorTest, CountsRunsThatFoundTheQueueFull) {
  inner_.SetCapacity(0);

  EXPECT_EQ(executor_.Submit({}, Events()).error().code, ErrorCode::kUnavailable);

  EXPECT_THAT(Figures(), HasSubstr("fcsandbox_runs_busy_total 1\n"));
}

TEST_F(WatchedExecutorTest, PassesACancelOn) {
  const auto handle = executor_.Submit({}, Events());

  (*handle)->Cancel();

  EXPECT_THAT(ends_, ElementsAre(RunEnd::kCancelled));
}

TEST_F(WatchedExecutorTest, CancelsAllThatRunsBeforeItIsClosed) {
  const auto first = executor_.Submit({}, Events());
  ASSERT_TRUE(executor_.Submit({}, Events()));

  executor_.Close();

  EXPECT_THAT(ends_, ElementsAre(RunEnd::kCancelled, RunEnd::kCancelled));
  EXPECT_EQ(executor_.Submit({}, Events()).error().code, ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace openfc::sandbox
