#include "bootstrap/rloader/command_program.h"

#include "tests/fakes/temp_dir.h"

#include <elf.h>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace openfc::bootstrap {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

const Error kFailure{ErrorCode::kSystem, "cannot run it: the system's words"};

class CommandProgramTest : public ::testing::Test {
 protected:
  std::string Write(const std::string& name, const std::string& text, ::mode_t mode = 0755) {
    folder_.WriteFile(name, text);
    const std::string path = (folder_.path() / name).string();
    ::chmod(path.c_str(), mode);
    return path;
  }

  openfc::testing::TempDir folder_;
};

TEST_F(CommandProgramTest, AWordWithASlashIsAPath) {
  const Environment environment = {{"PATH", folder_.path().string()}};
  Write("app", "#!/bin/sh\n");

  EXPECT_EQ(FindProgram("./app", environment), "./app");
  EXPECT_EQ(FindProgram("/none/app", environment), "/none/app");
}

TEST_F(CommandProgramTest, AWordWithoutOneIsLookedForInThePath) {
  const std::string app = Write("app", "#!/bin/sh\n");
  Write("data", "none", 0644);

  const Environment environment = {{"PATH", "/none::" + folder_.path().string()}};

  EXPECT_EQ(FindProgram("app", environment), app);
  EXPECT_EQ(FindProgram("data", environment), "data");
  EXPECT_EQ(FindProgram("nothing-of-that-name", environment), "nothing-of-that-name");
}

TEST_F(CommandProgramTest, WithoutAPathTheUsualFoldersAreLookedInto) {
  EXPECT_THAT(FindProgram("sh", {}), ::testing::EndsWith("/bin/sh"));
}

TEST_F(CommandProgramTest, WhatIsMissingIsNoSuchFile) {
  const auto missing = ExplainFailure("/none/app", kFailure);
  const auto unfound = ExplainFailure("app-of-no-path", kFailure);

  EXPECT_EQ(missing.code, ENOENT);
  EXPECT_EQ(missing.reason, "no such file: '/none/app'");
  EXPECT_EQ(unfound.code, ENOENT);
  EXPECT_THAT(unfound.reason, HasSubstr("'app-of-no-path' in the PATH"));
}

TEST_F(CommandProgramTest, WithoutTheExecuteBitItIsNotPermitted) {
  const auto obstacle = ExplainFailure(Write("app", "#!/bin/sh\n", 0644), kFailure);

  EXPECT_EQ(obstacle.code, EACCES);
  EXPECT_THAT(obstacle.reason, StartsWith("permission denied: "));
  EXPECT_THAT(obstacle.reason, HasSubstr("chmod 755"));
}

TEST_F(CommandProgramTest, AFolderIsNotPermitted) {
  const auto obstacle = ExplainFailure(folder_.path().string(), kFailure);

  EXPECT_EQ(obstacle.code, EACCES);
  EXPECT_THAT(obstacle.reason, HasSubstr("is a folder"));
}

TEST_F(CommandProgramTest, TheLineEndsOfWindowsAreNamed) {
  const auto obstacle = ExplainFailure(Write("app", "#! /bin/sh\r\necho hi\r\n"), kFailure);

  EXPECT_EQ(obstacle.code, ENOENT);
  EXPECT_THAT(obstacle.reason, HasSubstr("CRLF"));
  EXPECT_THAT(obstacle.reason, HasSubstr("'/bin/sh\\r'"));
}

TEST_F(CommandProgramTest, AnInterpreterThatIsMissingIsNamed) {
  const auto obstacle = ExplainFailure(Write("app", "#!/none/python3 -u\n"), kFailure);

  EXPECT_EQ(obstacle.code, ENOENT);
  EXPECT_THAT(obstacle.reason, HasSubstr("the interpreter '/none/python3'"));
}

TEST_F(CommandProgramTest, AnInterpreterThatMayNotRunIsNotPermitted) {
  const std::string interpreter = Write("interpreter", "text", 0644);

  EXPECT_EQ(ExplainFailure(Write("app", "#!" + interpreter + "\n"), kFailure).code, EACCES);
}

TEST_F(CommandProgramTest, TextWithoutAnInterpreterHasNoFormat) {
  const auto obstacle = ExplainFailure(Write("app", "echo hello\n"), kFailure);

  EXPECT_EQ(obstacle.code, ENOEXEC);
  EXPECT_THAT(obstacle.reason, StartsWith("exec format error: "));
}

TEST_F(CommandProgramTest, AnEmptyFileAndALoneMarkAreNoDanger) {
  EXPECT_EQ(ExplainFailure(Write("empty", ""), kFailure).code, ENOEXEC);
  EXPECT_EQ(ExplainFailure(Write("mark", "#!"), kFailure).code, ENOENT);
}

TEST_F(CommandProgramTest, AProgramForAnotherMachineIsToldSo) {
  Elf64_Ehdr head{};
  std::memcpy(head.e_ident, ELFMAG, SELFMAG);
  head.e_ident[EI_CLASS] = ELFCLASS64;
  head.e_ident[EI_DATA] = ELFDATA2LSB;
  head.e_machine = EM_S390;
  const std::string text(reinterpret_cast<const char*>(&head), sizeof(head));

  const auto obstacle = ExplainFailure(Write("app", text), kFailure);

  EXPECT_EQ(obstacle.code, ENOEXEC);
  EXPECT_THAT(obstacle.reason, HasSubstr("another kind of machine"));
}

TEST_F(CommandProgramTest, WhatNobodyCanExplainKeepsTheSystemsWords) {
  const auto obstacle = ExplainFailure("/bin/sh", kFailure);

  EXPECT_EQ(obstacle.code, kNotExecutable);
  EXPECT_EQ(obstacle.reason, kFailure.message);
}

}  // namespace
}  // namespace openfc::bootstrap
