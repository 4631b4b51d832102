#include "runtime/process/bind_mounts.h"

#include "runtime/process/child.h"
#include "tests/fakes/temp_dir.h"
#include "tests/unit/runtime/process/shell_child.h"

#include <gmock/gmock.h>
#include <grp.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <filesystem>
#include <functional>

namespace openfc {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr const char* kNew = "/openfc-bind-mounts-test";  // No system has it.

/// Starts the shell with these mounts; its output, or the sentence of the failure.
std::string OutputWith(const std::vector<BindMount>& mounts, const std::string& script,
                       const std::string& directory = "") {
  Pipe pipe;
  ChildCommand command = Shell(script);
  command.output = pipe.in();
  command.errors = pipe.in();
  command.bind_mounts = mounts;
  command.working_directory = directory;
  const auto child = StartChild(command);
  return child ? pipe.ReadAll() : child.error().message;
}

/// Folders `a` and `b` with a file each, and `at`, an empty one.
class BindMountsTest : public ::testing::Test {
 protected:
  BindMountsTest() {
    folder_.WriteFile("a/name", "a\n");
    folder_.WriteFile("b/name", "b\n");
    std::filesystem::create_directory(folder_.path() / "at");
    std::filesystem::permissions(folder_.path(), std::filesystem::perms(0755));
  }

  void SetUp() override {
    const std::string said = OutputWith({{Path("a"), Path("at")}}, "exit 0");
    if (!said.empty()) GTEST_SKIP() << "no mounts can be made here: " << said;
  }

  std::string Path(const std::string& name) const { return (folder_.path() / name).string(); }

  openfc::testing::TempDir folder_;
};

TEST_F(BindMountsTest, ShowAFolderAtAnotherPath) {
  EXPECT_EQ(OutputWith({{Path("a"), Path("at")}}, "cat " + Path("at/name")), "a\n");
}

TEST_F(BindMountsTest, ShowItToTheChildAlone) {
  EXPECT_EQ(OutputWith({{Path("a"), Path("at")}}, "ls " + Path("at")), "name\n");
  EXPECT_TRUE(std::filesystem::is_empty(Path("at")));
}

TEST_F(BindMountsTest, AreThereBeforeTheDirectoryIsEntered) {
  EXPECT_EQ(OutputWith({{Path("a"), Path("at")}}, "cat name; pwd", Path("at")),
            "a\n" + Path("at") + "\n");
}

TEST_F(BindMountsTest, KeepTheWorkingDirectoryOtherwise) {
  EXPECT_EQ(OutputWith({{Path("a"), kNew}}, "pwd"),
            std::filesystem::current_path().string() + "\n");
}

TEST_F(BindMountsTest, DoNotHideEachOthersSources) {
  EXPECT_EQ(OutputWith({{Path("a"), Path("b")}, {Path("b"), Path("a")}},
                       "cat " + Path("a/name") + " " + Path("b/name")),
            "b\na\n");
}

TEST_F(BindMountsTest, AreWrittenToUnlessTheyAreForReading) {
  EXPECT_EQ(OutputWith({{Path("a"), Path("at")}}, "echo x > " + Path("at/new") + "; echo $?"),
            "0\n");
  EXPECT_TRUE(std::filesystem::exists(Path("a/new")));
  EXPECT_THAT(OutputWith({{Path("b"), Path("at"), true}}, "echo x > " + Path("at/new")),
              HasSubstr("Read-only file system"));
}

TEST_F(BindMountsTest, MakeAFolderBelowTheRootThatWasNotThere) {
  EXPECT_EQ(OutputWith({{Path("a"), kNew}}, std::string("cat ") + kNew + "/name"), "a\n");
  EXPECT_FALSE(std::filesystem::exists(kNew));
}

TEST_F(BindMountsTest, LeaveTheRestOfTheRootAsItIs) {
  // With and without a root of the child's own, the same is found.
  const std::string script =
      "ls -d /bin/sh /usr/bin /etc/passwd /proc/self/status /dev/null /sys/kernel; echo x > "
      "/dev/null; cat " +
      Path("b/name") + "; readlink /bin";

  EXPECT_EQ(OutputWith({{Path("a"), kNew}}, script), OutputWith({{Path("a"), Path("at")}}, script));
  EXPECT_THAT(OutputWith({{Path("a"), kNew}}, script), HasSubstr("b\n"));
}

TEST_F(BindMountsTest, LeaveNothingOfTheOldRootBehind) {
  // Each mount stands once, but for ours.
  EXPECT_EQ(OutputWith({{Path("a"), kNew}}, "grep -c ' / / ' /proc/self/mountinfo"),
            OutputWith({{Path("a"), Path("at")}}, "grep -c ' / / ' /proc/self/mountinfo"));
}

TEST_F(BindMountsTest, FindTheProgramAtItsNewPath) {
  std::filesystem::copy_file("/bin/echo", Path("a/program"));
  Pipe pipe;
  ChildCommand command{.program = std::string(kNew) + "/program", .arguments = {"runs"}};
  command.output = pipe.in();
  command.bind_mounts = {{Path("a"), kNew}};

  const auto child = StartChild(command);

  ASSERT_TRUE(child) << child.error().message;
  EXPECT_EQ(pipe.ReadAll(), "runs\n");
}

TEST_F(BindMountsTest, ShowAFileToo) {
  EXPECT_EQ(OutputWith({{Path("a/name"), Path("b/name")}}, "cat " + Path("b/name")), "a\n");
}

TEST_F(BindMountsTest, SayWhichOfThemCannotBeMade) {
  EXPECT_THAT(OutputWith({{Path("a"), Path("at")}, {Path("a"), Path("b/name")}}, "exit 0"),
              AllOf(StartsWith("cannot start '/bin/sh': cannot show '"),
                    HasSubstr("at '" + Path("b/name") + "': ")));
}

TEST_F(BindMountsTest, AreMadeByOrdinaryUsersToo) {
  if (::geteuid() != 0) GTEST_SKIP() << "the other tests are this one: we are an ordinary user";
  Pipe pipe;
  const pid_t pid = ::fork();
  if (pid == 0) {
    constexpr unsigned kNobody = 65534;
    if (::setgroups(0, nullptr) != 0 || ::setgid(kNobody) != 0 || ::setuid(kNobody) != 0) _exit(1);
    ::prctl(PR_SET_DUMPABLE, 1);  // As a process is that never was somebody else.
    const std::string said = OutputWith({{Path("a"), Path("at")}, {Path("b"), kNew}},
                                        "cat " + Path("at/name") + " " + kNew + "/name; id -u");
    (void)!::write(pipe.in(), said.data(), said.size());
    _exit(0);
  }
  const std::string said = pipe.ReadAll();
  ::waitpid(pid, nullptr, 0);

  if (said.find("cannot make a mount namespace") != std::string::npos) {
    GTEST_SKIP() << "ordinary users may not have namespaces here: " << said;
  }
  EXPECT_EQ(said, "a\nb\n65534\n");
}

TEST(PlanMountsTest, WantsAbsolutePathsThatAreThere) {
  const auto sentence = [](const BindMount& mount) {
    const auto plan = PlanMounts({mount});
    return plan ? "none" : plan.error().message;
  };

  EXPECT_EQ(sentence({"code", "/opt"}), "'code' is no absolute path");
  EXPECT_EQ(sentence({"/usr", "opt"}), "'opt' is no absolute path");
  EXPECT_EQ(sentence({"/usr", "/"}), "'/' is no absolute path");
  EXPECT_EQ(sentence({"", "/opt"}), "'' is no absolute path");
  EXPECT_THAT(sentence({"/openfc/none", "/opt"}), EndsWith("No such file or directory"));
  EXPECT_THAT(sentence({"/usr", "/openfc/none"}),
              AllOf(StartsWith("cannot show '/usr' at '/openfc/none'"),
                    EndsWith("No such file or directory")));
  EXPECT_EQ(sentence({"/usr", "/openfc-none"}), "none");
}

TEST(PlanMountsTest, BuildsANewRootOnlyForPathsThatAreNotThere) {
  EXPECT_FALSE(PlanMounts({{"/usr", "/tmp"}})->has_new_root);
  const auto plan = PlanMounts({{"/usr", "/openfc-none"}});
  EXPECT_TRUE(plan->has_new_root);
  EXPECT_THAT(plan->root_folders, ::testing::Contains("usr"));
}

}  // namespace
}  // namespace openfc
