#include "emulator/dependencies/python_tool.h"

#include "tests/fakes/temp_dir.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

namespace openfc::emulator {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

/// Pythons that are scripts, and answer what they are told to.
class PythonToolTest : public ::testing::Test {
 protected:
  std::string WritePython(const std::string& name, const std::string& body) {
    const auto file = folder_.WriteFile(name, "#!/bin/sh\n" + body + "\n");
    fs::permissions(file, fs::perms::owner_all);
    return file.string();
  }

  Expected<PythonTool> FindForCommand(const std::vector<std::string>& command) {
    FunctionDefinition function;
    function.custom = CustomRuntime{.command = command};
    return FindPythonTool(function, {{"PATH", folder_.path().string()}});
  }
  std::string Refusal() {
    const auto tool = FindForCommand({});
    return tool ? "" : tool.error().message;
  }

  openfc::testing::TempDir folder_;
};

TEST_F(PythonToolTest, IsTheOneThatFunctionsRunOn) {
  const auto tool = FindPythonTool({}, {{"PATH", "/usr/bin:/bin"}});

  ASSERT_TRUE(tool.has_value()) << tool.error().message;
  EXPECT_THAT(tool->version, ::testing::StartsWith("3."));
}

TEST_F(PythonToolTest, IsTheOneOfACustomCommand) {
  const std::string own = WritePython("bin/python3.12", "echo 3.12; echo 24.0");
  WritePython("python3", "echo 3.9; echo 23.0.1");

  EXPECT_EQ(FindForCommand({own, "app.py"})->program, own);
  EXPECT_EQ(FindForCommand({own, "app.py"})->version, "3.12");
  EXPECT_EQ(FindForCommand({"gunicorn", "app:app"})->version, "3.9");
  EXPECT_EQ(FindForCommand({})->version, "3.9");
}

TEST_F(PythonToolTest, SaysWhatIsMissing) {
  EXPECT_EQ(Refusal(), "there is no python3 to install requirements.txt with");

  const std::string python = WritePython("python3", "echo 3.9");
  EXPECT_THAT(Refusal(), HasSubstr(python + " has no pip, which installs requirements.txt"));

  for (const char* const old : {"22.1.2", "20.3", "9.0", "x"}) {
    WritePython("python3", std::string("echo 3.9; echo ") + old);
    EXPECT_THAT(Refusal(), HasSubstr(std::string(" is ") + old + ", but 22.2 or newer is needed"));
  }
  for (const char* const new_enough : {"22.2", "22.10", "23.0.1", "100.1"}) {
    WritePython("python3", std::string("echo 3.9; echo ") + new_enough);
    EXPECT_EQ(Refusal(), "") << new_enough;
  }
}

TEST_F(PythonToolTest, RefusesWhatIsNoPython) {
  const std::string python = WritePython("python3", "exit 1");
  EXPECT_EQ(Refusal(), python + " is no Python 3");

  WritePython("python3", "");
  EXPECT_EQ(Refusal(), python + " is no Python 3");
}

}  // namespace
}  // namespace openfc::emulator
