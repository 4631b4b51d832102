#include "bootstrap/rloader/fork_stop.h"

#include "tests/fakes/temp_dir.h"

#include <gtest/gtest.h>

namespace openfc::bootstrap {
namespace {

/// With a plain folder in the cgroup's place.
class ForkStopTest : public ::testing::Test {
 protected:
  ForkStopTest() {
    settings_.pids_cgroup = cgroup_.path().string();
    Put("1024\n");
  }

  void Put(const std::string& limit) { cgroup_.WriteFile("pids.max", limit); }
  std::string Limit() const {
    std::string limit;
    std::ifstream(cgroup_.path() / "pids.max") >> limit;
    return limit;
  }

  openfc::testing::TempDir cgroup_;
  Settings settings_;
};

TEST_F(ForkStopTest, LeavesTheLimitAloneUntilItBegins) {
  const ForkStop stop(settings_);

  EXPECT_EQ(Limit(), "1024");
}

TEST_F(ForkStopTest, AllowsNoFurtherProcess) {
  ForkStop stop(settings_);

  stop.Kill();

  EXPECT_EQ(Limit(), "0");
}

TEST_F(ForkStopTest, GivesTheNextTreeWhatTheLastOneHad) {
  ForkStop stop(settings_);
  stop.Kill();
  stop.Kill();  // The limit of the stop itself is not taken for the tree's.

  stop.End();
  EXPECT_EQ(Limit(), "1024");

  Put("max\n");
  stop.Kill();
  stop.End();
  EXPECT_EQ(Limit(), "max");
}

TEST_F(ForkStopTest, EndsNothingThatHasNotBegun) {
  ForkStop stop(settings_);
  stop.Kill();
  stop.End();
  Put("7\n");

  stop.End();

  EXPECT_EQ(Limit(), "7");
}

TEST_F(ForkStopTest, IsNothingWhereNobodyCounts) {
  settings_.pids_cgroup.reset();
  ForkStop stop(settings_);

  stop.Kill();
  stop.End();

  EXPECT_EQ(Limit(), "1024");
}

}  // namespace
}  // namespace openfc::bootstrap
