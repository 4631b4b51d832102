// The instance under stress, many times over: `./dev soak` runs these, `./dev test` does not.

#include "tests/fakes/platform.h"
#include "tests/fakes/program.h"
#include "tests/fakes/temp_dir.h"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

namespace openfc::testing {
namespace {

constexpr const char* kHandler = R"(
import os
import time

def handler(event, context):
    if event == b"exit":
        os._exit(3)
    if event == b"sleep":
        time.sleep(0.05)
    if event.startswith(b"signal "):
        os.kill(os.getpid(), int(event[7:]))
    return event
)";

class SoakTest : public ::testing::Test {
 protected:
  SoakTest() {
    code_.WriteFile("index.py", kHandler);
    ProgramOptions options;
    options.environment = {{"FC_RUNTIME_API", platform_.address()},
                           {"FC_FUNC_CODE_PATH", code_.path().string()}};
    instance_ = std::make_unique<Program>("rloader", options);
  }

  /// Resident memory of the runtime, in KiB.
  long RuntimeMemory() const {
    for (const pid_t pid : instance_->Family()) {
      const std::filesystem::path folder = "/proc/" + std::to_string(pid);
      std::string name;
      std::ifstream(folder / "comm") >> name;
      if (name != "bootstrap") continue;
      std::ifstream status(folder / "status");
      for (std::string word; status >> word;) {
        long kib = 0;
        if (word == "VmRSS:" && status >> kib) return kib;
      }
    }
    return 0;
  }

  void InvokeMany(int first, int last) {
    for (int i = first; i < last; ++i) {
      const std::string id = "r-" + std::to_string(i);
      platform_.AnswerNext(Invoke(id, "event"));
      ASSERT_TRUE(platform_.AwaitPosts(static_cast<std::size_t>(i) + 1)) << id;
    }
  }

  Platform platform_;
  TempDir code_;
  std::unique_ptr<Program> instance_;
};

TEST_F(SoakTest, MemoryStaysFlatOverThousandsOfInvocations) {
  constexpr int kWarmUp = 5'000;
  constexpr int kInvocations = 30'000;
  constexpr long kAllowedGrowthKib = 1024;
  InvokeMany(0, kWarmUp);
  const long before = RuntimeMemory();

  InvokeMany(kWarmUp, kInvocations);

  const long after = RuntimeMemory();
  RecordProperty("kib_before", std::to_string(before));
  RecordProperty("kib_after", std::to_string(after));
  EXPECT_GT(before, 0);
  EXPECT_LT(after - before, kAllowedGrowthKib);
}

TEST_F(SoakTest, EveryDeathIsAnsweredOnceAndTheNextInvocationServed) {
  const std::vector<std::string> events = {"exit", "signal 9", "signal 11", "signal 6", "fine"};
  constexpr int kRounds = 60;
  std::size_t count = 0;
  for (int round = 0; round < kRounds; ++round) {
    for (const std::string& event : events) {
      const std::string id = "r-" + std::to_string(count++);
      platform_.AnswerNext(Invoke(id, event));
      const auto post = platform_.AwaitPostFor(id);
      ASSERT_TRUE(post) << id << " " << event;
      EXPECT_EQ(post->path.ends_with("/response"), event == "fine") << event;
    }
  }

  EXPECT_EQ(platform_.posts().size(), count);
}

TEST_F(SoakTest, AnInvocationThatEndsAtItsDeadlineIsAnsweredOnce) {
  constexpr int kRounds = 300;
  int timed_out = 0;
  for (int round = 0; round < kRounds; ++round) {
    // The handler sleeps 50 ms; its deadline is from 15 to 59 ms away, and its stacks take a while.
    const std::string id = "r-" + std::to_string(round);
    const auto deadline = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::system_clock::now().time_since_epoch() +
        std::chrono::milliseconds(15 + round % 45));
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
