#include "emulator/dependencies/tool_run.h"

#include "tests/fakes/temp_dir.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

namespace openfc::emulator {
namespace {

namespace fs = std::filesystem;

ToolRun Shell(const std::string& script, const Variables& environment = {}) {
  return {.program = "/bin/sh", .arguments = {"-c", script}, .environment = environment};
}

TEST(ToolRunTest, GivesTheExitCodeAsAShellHasIt) {
  EXPECT_EQ(*RunTool(Shell("exit 7")), 7);
  EXPECT_EQ(*RunTool(Shell("kill -TERM $$")), 128 + 15);
}

TEST(ToolRunTest, SendsWhatIsPrintedToStandardError) {
  ::testing::internal::CaptureStderr();
  ::testing::internal::CaptureStdout();

  (void)RunTool(Shell("echo out; echo err >&2"));

  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "out\nerr\n");
  EXPECT_EQ(::testing::internal::GetCapturedStdout(), "");
}

TEST(ToolRunTest, GivesTheProgramItsFolderAndEnvironmentAndNothingElse) {
  const openfc::testing::TempDir folder;
  ToolRun run = Shell("pwd; echo $A; env", {{"A", "b c"}});
  run.folder = folder.path().string();

  const auto answer = AskTool(run);

  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->output,
            folder.path().string() + "\nb c\nA=b c\nPWD=" + folder.path().string() + "\n");
}

TEST(ToolRunTest, KeepsAllThatAProgramAnswers) {
  const auto answer = AskTool(Shell("head -c 300000 /dev/zero; echo no >&2; exit 3"));

  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->output.size(), 300000U);
  EXPECT_EQ(answer->exit_code, 3);
}

TEST(ToolRunTest, SaysWhenThereIsNoSuchProgram) {
  EXPECT_FALSE(RunTool({.program = "/nowhere/pip"}).has_value());
  EXPECT_FALSE(AskTool({.program = "/nowhere/pip"}).has_value());
}

TEST(ToolRunTest, FindsTheFirstExecutableAlongThePath) {
  const openfc::testing::TempDir folder;
  folder.WriteFile("a/tool", "");  // Not executable.
  fs::create_directories(folder.path() / "b/tool");
  for (const char* const name : {"c/tool", "d/tool"}) {
    fs::permissions(folder.WriteFile(name, ""), fs::perms::owner_all);
  }
  const std::string at = folder.path().string();
  const Variables environment = {{"PATH", ":" + at + "/a:" + at + "/b:" + at + "/c:" + at + "/d"}};

  EXPECT_EQ(FindTool("tool", environment), at + "/c/tool");
  EXPECT_EQ(FindTool("other", environment), "");
  EXPECT_EQ(FindTool(at + "/d/tool", environment), at + "/d/tool");
  EXPECT_EQ(FindTool(at + "/a/tool", environment), "");
  EXPECT_EQ(FindTool("tool", {{"PATH", ""}}), "");
  EXPECT_NE(FindTool("sh", {}), "");
}

}  // namespace
}  // namespace openfc::emulator
