#include "tests/fakes/fake_executor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace openfc::testing {
namespace {

using sandbox::PythonProgram;
using sandbox::RunEnd;
using sandbox::RunOutcome;

TEST(FakeExecutorTest, AnswersByItsScript) {
  FakeExecutor executor([](const sandbox::RunRequest& request) {
    return RunOutcome{.end = RunEnd::kExited,
                      .output = std::get<PythonProgram>(request.program).code};
  });
  std::string output;

  const auto run =
      executor.Submit({.program = PythonProgram{.code = "print(1)"}},
                      {.on_end = [&](const RunOutcome& outcome) { output = outcome.output; }});

  EXPECT_TRUE(run);
  EXPECT_EQ(output, "print(1)");
}

TEST(FakeExecutorTest, TellsOfACancelledRunOnce) {
  FakeExecutor executor;
  int ends = 0;
  std::optional<RunEnd> end;
  const auto run =
      executor.Submit({.program = PythonProgram{}}, {.on_end = [&](RunOutcome outcome) {
                        ++ends;
                        end = outcome.end;
                      }});
  ASSERT_TRUE(run);

  (*run)->Cancel();
  (*run)->Cancel();

  EXPECT_EQ(ends, 1);
  EXPECT_EQ(end, RunEnd::kCancelled);
}

TEST(FakeExecutorTest, HasNoRoomAboveItsCapacity) {
  FakeExecutor executor;
  executor.SetCapacity(0);

  const auto run = executor.Submit({.program = PythonProgram{}}, {.on_end = [](RunOutcome) {}});

  ASSERT_FALSE(run);
  EXPECT_EQ(run.error().code, ErrorCode::kUnavailable);
}

TEST(FakeExecutorTest, KeepsAWorkspaceAsLongAsItIsHeld) {
  FakeExecutor executor;
  auto workspace = executor.MakeWorkspace();
  ASSERT_TRUE(workspace);
  const std::string path = (*workspace)->path();
  EXPECT_TRUE(std::filesystem::is_directory(path));

  workspace->reset();

  EXPECT_FALSE(std::filesystem::exists(path));
}

}  // namespace
}  // namespace openfc::testing
