#include "tests/fakes/program.h"

#include "tests/fakes/temp_dir.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <filesystem>

namespace openfc::testing {
namespace {

ProgramOptions Shell(const std::string& script) {
  ProgramOptions options;
  options.arguments = {"-c", script};
  return options;
}

TEST(ProgramTest, CapturesBothStreamsAndTheExitCode) {
  Program program("/bin/sh", Shell("echo out; echo err >&2; exit 3"));

  const auto end = program.AwaitEnd();

  EXPECT_EQ(end, (ProgramEnd{.exit_code = 3}));
  EXPECT_EQ(program.output().out(), "out\n");
  EXPECT_EQ(program.output().err(), "err\n");
  EXPECT_EQ(program.output().joined().size(), 8U);
}

TEST(ProgramTest, PassesEnvironmentFolderAndInput) {
  const TempDir folder;
  ProgramOptions options = Shell("read -r line; echo \"$line $NAME $(pwd)\"");
  options.environment = {{"NAME", "value"}};
  options.folder = folder.path();
  options.input = "text\n";
  Program program("/bin/sh", options);

  ASSERT_TRUE(program.AwaitEnd());

  EXPECT_EQ(program.output().out(), "text value " + folder.path().string() + "\n");
}

TEST(ProgramTest, TellsWhichSignalEndedIt) {
  Program program("/bin/sh", Shell("echo ready; exec sleep 1000"));
  ASSERT_TRUE(program.output().Await("ready"));

  program.Signal(SIGTERM);

  EXPECT_EQ(program.AwaitEnd(), (ProgramEnd{.exit_code = -1, .signal = SIGTERM}));
}

TEST(ProgramTest, FindsAndKillsChildrenThatLeftTheirParent) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  const UniqueFd reader(ends[0]);
  UniqueFd writer(ends[1]);
  {
    ProgramOptions options = Shell("setsid sleep 1000 & exit 0");
    options.descriptors = {{writer.get(), 10}};
    Program program("/bin/sh", options);
    writer.Reset();
    ASSERT_TRUE(program.AwaitEnd());
    EXPECT_EQ(program.Family().size(), 1U);
  }

  char unused = 0;
  EXPECT_EQ(::read(reader.get(), &unused, 1), 0);  // The end of the file: nobody holds it any more.
}

TEST(TempDirTest, IsGoneWithItsFiles) {
  std::filesystem::path file;
  {
    const TempDir folder;
    file = folder.WriteFile("a/b.txt", "text");
    EXPECT_TRUE(std::filesystem::exists(file));
  }

  EXPECT_FALSE(std::filesystem::exists(file));
}

}  // namespace
}  // namespace openfc::testing
