// The engine itself, without walls: what is asked of it while runs are under way.

#include "sandbox/engine/engine.h"

#include "runtime/base/unique_fd.h"
#include "tests/fakes/limit.h"
#include "tests/fakes/programs.h"
#include "tests/fakes/temp_dir.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace openfc::sandbox {
namespace {

using ::testing::HasSubstr;
using testing::kLimit;
using ::testing::SizeIs;
using testing::TempDir;

/// Waits for what a run says, and for its end.
class Ear {
 public:
  RunEvents Events() {
    return {.on_end =
                [this](RunOutcome outcome) {
                  const std::lock_guard lock(mutex_);
                  outcome_ = std::move(outcome);
                  changed_.notify_all();
                },
            .on_output =
                [this](OutputStream /*stream*/, std::string_view part) {
                  const std::lock_guard lock(mutex_);
                  heard_ += part;
                  changed_.notify_all();
                }};
  }
  bool AwaitText(const std::string& text) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kLimit, [&] { return heard_.find(text) != std::string::npos; });
  }
  std::string heard() {
    const std::lock_guard lock(mutex_);
    return heard_;
  }
  RunOutcome AwaitEnd() {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(changed_.wait_for(lock, kLimit, [&] { return outcome_.has_value(); }));
    return outcome_.value_or(RunOutcome{});
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::string heard_;
  std::optional<RunOutcome> outcome_;
};

class EngineTest : public ::testing::Test {
 protected:
  void SetUp() override { Start(4, 4); }
  void Start(std::size_t runs, std::size_t queue) {
    engine_.reset();
    auto engine = Engine::Start({.zygote_program = testing::ProgramPath("fcsandbox-zygote"),
                                 .isolation = {.profile = "none", .missing = {}},
                                 .state = state_.path().string(),
                                 .caps = {},
                                 .run_capacity = runs,
                                 .queue_capacity = queue,
                                 .has_data = false});
    ASSERT_TRUE(engine) << engine.error().message;
    engine_ = *std::move(engine);
  }
  std::unique_ptr<RunHandle> Submit(const std::string& code, Ear& ear) {
    auto run = engine_->Submit({.program = PythonProgram{.code = code}}, ear.Events());
    EXPECT_TRUE(run);
    return run ? *std::move(run) : nullptr;
  }

  TempDir state_;
  std::unique_ptr<Engine> engine_;
};

constexpr const char* kWaits = "print('waits')\nimport time\ntime.sleep(1000)";

TEST_F(EngineTest, CancelsWhatRuns) {
  Ear ear;
  const auto run = Submit(kWaits, ear);
  ASSERT_TRUE(ear.AwaitText("waits\n"));

  run->Cancel();
  run->Cancel();

  const RunOutcome outcome = ear.AwaitEnd();
  EXPECT_EQ(outcome.end, RunEnd::kCancelled);
  EXPECT_EQ(outcome.output, "waits\n");
}

TEST_F(EngineTest, CancelsWhatWaitsAndTakesNoMoreThanItMay) {
  Start(1, 1);
  Ear first;
  Ear second;
  Ear third;
  const auto running = Submit(kWaits, first);
  ASSERT_TRUE(first.AwaitText("waits\n"));
  const auto waiting = Submit("print('never')", second);

  const auto refused = engine_->Submit({.program = PythonProgram{}}, third.Events());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(engine_->load().running, 1U);
  EXPECT_EQ(engine_->load().queued, 1U);
  waiting->Cancel();

  const RunOutcome outcome = second.AwaitEnd();
  EXPECT_EQ(outcome.end, RunEnd::kCancelled);
  EXPECT_EQ(outcome.output, "");
}

TEST_F(EngineTest, RefusesALimitAboveItsCap) {
  RunRequest request{.program = PythonProgram{}};
  request.limits.wall += std::chrono::milliseconds(1);
  Ear ear;

  EXPECT_EQ(engine_->Submit(request, ear.Events()).error().code, ErrorCode::kInvalidArgument);
}

TEST_F(EngineTest, ReplacesAZygoteThatWasKilled) {
  Ear ear;
  const auto run = Submit(kWaits, ear);
  ASSERT_TRUE(ear.AwaitText("waits\n"));
  const auto pids = engine_->ZygotePids();
  ASSERT_THAT(pids, SizeIs(1));

  ::kill(pids[0], SIGKILL);

  const RunOutcome lost = ear.AwaitEnd();
  EXPECT_EQ(lost.end, RunEnd::kFailed);
  EXPECT_EQ(lost.output, "waits\n");
  EXPECT_THAT(lost.failure, HasSubstr("was killed"));
  Ear next;
  const auto again = Submit("print('well')", next);
  EXPECT_EQ(next.AwaitEnd().output, "well\n");
}

// Stopped, as one that waits for the kernel. It tells the verdict once it goes on.
TEST_F(EngineTest, EndsARunInTimeThoughItsZygoteIsBusy) {
  Ear ear;
  const auto run = engine_->Submit(
      {.program = PythonProgram{.code = "import os, time\nprint(os.getpid())\ntime.sleep(1000)"},
       .limits = {.wall = std::chrono::seconds(1)}},
      ear.Events());
  ASSERT_TRUE(run);
  ASSERT_TRUE(ear.AwaitText("\n"));
  const pid_t main = std::stoi(ear.heard());
  const UniqueFd end(static_cast<int>(::syscall(SYS_pidfd_open, main, 0)));
  const pid_t zygote = engine_->ZygotePids().at(0);

  ::kill(zygote, SIGSTOP);

  pollfd ended{end.get(), POLLIN, 0};
  const auto limit = std::chrono::duration_cast<std::chrono::milliseconds>(kLimit);
  EXPECT_EQ(::poll(&ended, 1, static_cast<int>(limit.count())), 1);
  ::kill(zygote, SIGCONT);
  const RunOutcome outcome = ear.AwaitEnd();
  EXPECT_EQ(outcome.end, RunEnd::kTimedOut);
  EXPECT_EQ(outcome.output, std::to_string(main) + "\n");
}

/// Of those that are not reaped.
std::vector<pid_t> ChildrenOf(pid_t pid) {
  const std::string number = std::to_string(pid);
  std::ifstream file("/proc/" + number + "/task/" + number + "/children");
  return {std::istream_iterator<pid_t>(file), {}};
}

TEST_F(EngineTest, RunsThoughTheChildThatWaitedForTheRunWasKilled) {
  const auto zygote = engine_->ZygotePids().at(0);
  const auto waiting = ChildrenOf(zygote);
  ASSERT_FALSE(waiting.empty());

  for (const pid_t child : waiting) ::kill(child, SIGKILL);

  Ear ear;
  const auto run = Submit("print('well')", ear);
  EXPECT_EQ(ear.AwaitEnd().output, "well\n");
}

TEST_F(EngineTest, SaysThatARunHasNoPlaceUntilItHasOneAgain) {
  const auto runs = state_.path() / "runs";
  const auto aside = state_.path() / "aside";
  const auto run = [&] {
    Ear ear;
    const auto taken = Submit("print('well')", ear);
    return ear.AwaitEnd();
  };

  std::filesystem::rename(runs, aside);
  RunOutcome outcome = run();
  while (outcome.end == RunEnd::kExited) outcome = run();  // Until the places made before are used.
  EXPECT_EQ(outcome.end, RunEnd::kFailed);

  std::filesystem::rename(aside, runs);
  outcome = run();
  while (outcome.end == RunEnd::kFailed) outcome = run();
  EXPECT_EQ(outcome.output, "well\n");
}

// The inits of worlds among them, and who forks them: what the zygote has ready is lost, whole.
TEST_F(EngineTest, RunsThoughAllThatWasReadyForTheRunWasKilled) {
  // What dies first is another thing each time.
  for (int i = 0; i < 5; ++i) {
    engine_.reset();
    auto walled = Engine::Start({.zygote_program = testing::ProgramPath("fcsandbox-zygote"),
                                 .isolation = {.profile = "full", .missing = {}},
                                 .first_user = 1'800'000'000,
                                 .user_count = 8,
                                 .state = state_.path().string(),
                                 .caps = {},
                                 .run_capacity = 4,
                                 .queue_capacity = 4,
                                 .has_data = false});
    if (!walled) GTEST_SKIP() << walled.error().message;
    engine_ = *std::move(walled);

    for (const pid_t child : ChildrenOf(engine_->ZygotePids().at(0))) ::kill(child, SIGKILL);

    Ear ear;
    const auto run = Submit("print('well')", ear);
    const RunOutcome outcome = ear.AwaitEnd();
    ASSERT_EQ(outcome.output, "well\n") << outcome.failure;
  }
}

/// The zygote's child of that name; -1: there is none.
pid_t ChildNamed(pid_t zygote, const std::string& name) {
  for (const pid_t child : ChildrenOf(zygote)) {
    std::ifstream file("/proc/" + std::to_string(child) + "/comm");
    std::string own;
    if (std::getline(file, own) && own == name) return child;
  }
  return -1;
}

TEST_F(EngineTest, EndsRunsInTimeWhileALookAtOneOfThemTakesLong) {
  const pid_t looker = ChildNamed(engine_->ZygotePids().at(0), "sandbox-looker");
  ASSERT_GT(looker, 0);
  ::kill(looker, SIGSTOP);
  RunRequest request{.program = PythonProgram{.code = kWaits}};
  request.limits.wall = std::chrono::milliseconds(200);

  Ear first;
  const auto one = engine_->Submit(request, first.Events());
  EXPECT_EQ(first.AwaitEnd().end, RunEnd::kTimedOut);
  Ear second;
  const auto other = engine_->Submit(request, second.Events());
  EXPECT_EQ(second.AwaitEnd().end, RunEnd::kTimedOut);

  ::kill(looker, SIGCONT);
}

TEST_F(EngineTest, HoldsRunsToTheirDiskThoughWhoLooksWasKilled) {
  const pid_t looker = ChildNamed(engine_->ZygotePids().at(0), "sandbox-looker");
  ASSERT_GT(looker, 0);
  ::kill(looker, SIGKILL);
  RunRequest request{.program = PythonProgram{.code = "import time\n"
                                                      "open('much', 'w').write('x' * (4 << 20))\n"
                                                      "time.sleep(1000)"}};
  request.limits.disk_bytes = 1 << 20;
  Ear ear;

  const auto run = engine_->Submit(request, ear.Events());

  EXPECT_EQ(ear.AwaitEnd().end, RunEnd::kSignalled);
}

TEST_F(EngineTest, EndsTheChildrenThatWaitWithTheirZygote) {
  const auto zygote = engine_->ZygotePids().at(0);
  const auto waiting = ChildrenOf(zygote);
  ASSERT_FALSE(waiting.empty());
  std::vector<UniqueFd> ends;
  for (const pid_t child : waiting) {
    ends.emplace_back(static_cast<int>(::syscall(SYS_pidfd_open, child, 0)));
  }

  ::kill(zygote, SIGKILL);

  for (const UniqueFd& end : ends) {
    pollfd ended{end.get(), POLLIN, 0};
    const auto limit = std::chrono::duration_cast<std::chrono::milliseconds>(kLimit);
    EXPECT_EQ(::poll(&ended, 1, static_cast<int>(limit.count())), 1);
  }
}

TEST_F(EngineTest, RehearsesAHarnessOfItsOwnForRunsToCome) {
  const std::string pipe = (state_.path() / "pipe").string();
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  const UniqueFd heard(::open(pipe.c_str(), O_RDONLY | O_NONBLOCK));
  const std::string harness = "if __name__ == '__rehearsal__':\n    open('" + pipe +
                              "', 'w').write('rehearsed')\n    print('for nobody')\n"
                              "else:\n    print('run')\n";
  const auto run = [&] {
    Ear ear;
    const auto taken = engine_->Submit(
        {.program = PythonProgram{.code = "", .harness = harness, .rehearses_harness = true}},
        ear.Events());
    return ear.AwaitEnd().output;
  };

  EXPECT_EQ(run(), "run\n");

  pollfd told{heard.get(), POLLIN, 0};
  const auto limit = std::chrono::duration_cast<std::chrono::milliseconds>(kLimit);
  EXPECT_EQ(::poll(&told, 1, static_cast<int>(limit.count())), 1);
  EXPECT_EQ(run(), "run\n");
}

TEST_F(EngineTest, RunsCommandsAndPythonByTurns) {
  for (int i = 0; i < 3; ++i) {
    Ear command;
    const auto first = engine_->Submit({.program = CommandProgram{.words = {"echo", "command"}}},
                                       command.Events());
    EXPECT_EQ(command.AwaitEnd().output, "command\n");
    Ear python;
    const auto second = Submit("print('python')", python);
    EXPECT_EQ(python.AwaitEnd().output, "python\n");
  }
}

TEST_F(EngineTest, LeavesInAWorkspaceWhatTheNextRunFinds) {
  auto workspace = engine_->MakeWorkspace().value();
  const auto run = [&](const std::string& code) {
    Ear ear;
    const auto taken = engine_->Submit(
        {.program = PythonProgram{.code = code}, .workspace = workspace}, ear.Events());
    return ear.AwaitEnd().output;
  };

  run("open('kept', 'w').write('x')");

  EXPECT_EQ(run("print(open('kept').read())"), "x\n");
  EXPECT_TRUE(std::filesystem::exists(workspace->path() + "/kept"));
  const std::string path = workspace->path();
  workspace.reset();
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST_F(EngineTest, EndsWhatStillRunsWithItself) {
  Ear running;
  const auto run = Submit(kWaits, running);
  ASSERT_TRUE(running.AwaitText("waits\n"));

  engine_.reset();

  EXPECT_EQ(running.AwaitEnd().end, RunEnd::kCancelled);
}

TEST(EngineStartTest, SaysWhyAZygoteCannotBeStarted) {
  const TempDir state;

  const auto engine = Engine::Start({.zygote_program = "/no/such/program",
                                     .isolation = {.profile = "none", .missing = {}},
                                     .state = state.path().string(),
                                     .caps = {}});

  ASSERT_FALSE(engine);
  EXPECT_THAT(engine.error().message, HasSubstr("/no/such/program"));
}

}  // namespace
}  // namespace openfc::sandbox
