#include "runtime/process/process_tree.h"

#include "runtime/process/proc_files.h"
#include "tests/unit/runtime/process/shell_child.h"

#include <gmock/gmock.h>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>

#include <set>

namespace openfc {
namespace {

using std::chrono_literals::operator""s;
using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::SizeIs;

/// Each case is the reaper of what it starts, and leaves nothing behind.
class ProcessTreeTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(BecomeSubreaper()); }
  void TearDown() override { EXPECT_TRUE(KillDescendants(Deadline::After(30s), nullptr)); }

  /// Starts a shell, and waits until the tree below it has said `lines` lines.
  std::unique_ptr<Child> StartTree(const std::string& script, int lines) {
    auto command = Shell(script);
    command.output = output_.in();
    auto child = StartChild(command);
    EXPECT_TRUE(child) << child.error().message;
    for (int line = 0; line < lines; ++line) said_.insert(output_.ReadLine());
    return child ? *std::move(child) : nullptr;
  }

  /// Everybody who wrote there is gone: only possible once the whole tree is.
  bool IsSilent() { return output_.ReadAll().empty(); }

  Pipe output_;
  std::set<std::string> said_;
};

/// The letter of /proc/PID/stat.
char StateOf(pid_t pid) {
  const auto stat = ReadSmallFile("/proc/" + std::to_string(pid) + "/stat");
  return stat ? stat->at(stat->rfind(')') + 2) : '?';
}

constexpr const char* kStay = "kill -STOP $$";

TEST_F(ProcessTreeTest, SeesChildrenAndTheirChildren) {
  const auto child = StartTree(
      "sh -c 'echo $$; kill -STOP $$' & sh -c 'sh -c \"echo \\$\\$; kill -STOP \\$\\$\" & wait' & "
      "wait",
      2);

  const auto living = LivingDescendants(::getpid());

  EXPECT_THAT(living, Contains(child->pid()));
  for (const std::string& pid : said_) EXPECT_THAT(living, Contains(std::stoi(pid)));
  EXPECT_THAT(LivingDescendants(child->pid()), ::testing::Not(Contains(child->pid())));
}

TEST_F(ProcessTreeTest, SignalsAChildOfWhoIsNamedAndNobodyElse) {
  const auto child = StartTree("sh -c 'echo $$; kill -STOP $$' & wait", 1);
  const pid_t grandchild = std::stoi(*said_.begin());

  EXPECT_FALSE(SignalChildOf(::getpid(), grandchild, SIGKILL));
  EXPECT_FALSE(SignalChildOf(child->pid(), ::getpid(), SIGKILL));
  EXPECT_FALSE(SignalChildOf(child->pid(), 0, SIGKILL));
  EXPECT_FALSE(SignalChildOf(child->pid(), -1, SIGKILL));
  EXPECT_FALSE(child->TryReap());

  EXPECT_TRUE(SignalChildOf(child->pid(), grandchild, SIGKILL));
  EXPECT_TRUE(child->Await(Deadline::After(30s)));
}

TEST_F(ProcessTreeTest, DoesNotCountZombiesAsLiving) {
  const auto child = StartTree("exit 0", 0);
  siginfo_t info{};
  ::waitid(P_PID, static_cast<id_t>(child->pid()), &info, WEXITED | WNOWAIT);

  EXPECT_THAT(LivingDescendants(::getpid()), IsEmpty());
}

TEST_F(ProcessTreeTest, HasNoDescendantsForAnUnknownProcess) {
  EXPECT_THAT(LivingDescendants(-7), IsEmpty());
}

TEST_F(ProcessTreeTest, ReapsOrphansAndKeepsTheEndOfOurOwnChild) {
  // Ten orphans end before the one who is waited for does.
  Pipe orphans;
  auto command = Shell("for i in 1 2 3 4 5 6 7 8 9 10; do (sh -c : &) ; done; exit 9");
  command.descriptors = {{.ours = orphans.in(), .theirs = 9}};
  const auto child = StartChild(command);
  ASSERT_TRUE(child);
  EXPECT_EQ(orphans.ReadAll(), "");
  siginfo_t info{};
  ::waitid(P_PID, static_cast<id_t>((*child)->pid()), &info, WEXITED | WNOWAIT);

  // The pipe's end comes a moment before its writer is a zombie: wait for each.
  while (::waitid(P_ALL, 0, &info, WEXITED | WNOWAIT) == 0) ReapAll(child->get());

  ASSERT_TRUE((*child)->TryReap());
  EXPECT_EQ((*child)->TryReap()->exit_code, 9);
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);
}

TEST_F(ProcessTreeTest, KillsWhatFledWithSetsidAndIgnoresEverything) {
  const auto child = StartTree(
      "trap '' HUP INT TERM; setsid sh -c 'trap \"\" TERM; (echo $$; kill -STOP 0 ) & wait' & "
      "setsid setsid sh -c 'echo $$; kill -STOP $$' & echo here; kill -STOP $$",
      3);

  ASSERT_TRUE(KillDescendants(Deadline::After(30s), child.get()));

  EXPECT_TRUE(IsSilent());
  EXPECT_THAT(LivingDescendants(::getpid()), IsEmpty());
  ASSERT_TRUE(child->TryReap());
  EXPECT_EQ(child->TryReap()->signal, SIGKILL);
}

TEST_F(ProcessTreeTest, KillsOrphansOfAChildThatIsGone) {
  const auto child = StartTree("setsid sh -c 'echo $$; kill -STOP $$' & exit 4", 1);
  ASSERT_TRUE(child->Await(Deadline::After(30s)));
  EXPECT_THAT(LivingDescendants(::getpid()), SizeIs(1));

  ASSERT_TRUE(KillDescendants(Deadline::After(30s), child.get()));

  EXPECT_TRUE(IsSilent());
  EXPECT_EQ(child->TryReap()->exit_code, 4);
}

TEST_F(ProcessTreeTest, OutrunsATreeThatKeepsForking) {
  // A chain: every process starts its successor and ends; it never stands still.
  const auto child =
      StartTree("echo on; f() { (f &) ; }; f & exec sh -c '" + std::string(kStay) + "'", 1);

  EXPECT_TRUE(KillDescendants(Deadline::After(60s), child.get()));

  EXPECT_TRUE(IsSilent());
}

/// Every process starts its successor and ends, without a pause for anybody to look at it. It gives
/// up by itself when nobody stops it for too long.
[[noreturn]] void FleeUntil(Deadline end, const Pipe& started) {
  ::setpgid(0, 0);
  for (int chain = 0; chain < 16; ++chain) {
    if (::fork() != 0) continue;
    while (!end.HasPassed()) {
      if (::fork() > 0) ::_exit(0);
    }
    ::_exit(1);
  }
  (void)!::write(started.in(), "\n", 1);
  ::pause();
  ::_exit(0);
}

TEST_F(ProcessTreeTest, OutrunsManyThatForkAtOnceAndWithoutAPause) {
  const Deadline end = Deadline::After(20s);
  const pid_t bomb = ::fork();
  if (bomb == 0) FleeUntil(end, output_);
  output_.ReadLine();

  EXPECT_TRUE(KillDescendants(end, nullptr));

  EXPECT_FALSE(end.HasPassed());  // Or it has ended by itself.
}

TEST_F(ProcessTreeTest, OutrunsOrphansThatForkAtOnceAndWithoutAPause) {
  const Deadline end = Deadline::After(20s);
  const pid_t gone = ::fork();
  if (gone == 0) {
    if (::fork() == 0) FleeUntil(end, output_);
    ::_exit(0);
  }
  output_.ReadLine();
  ::waitpid(gone, nullptr, 0);

  while (!TryKillOrphans({})) {
  }

  EXPECT_FALSE(end.HasPassed());
}

TEST_F(ProcessTreeTest, SparesAGroupThatOthersAreIn) {
  // Who joins a group that is not its own does not take it along.
  const auto other = StartTree("echo up; kill -STOP $$", 1);
  const pid_t group = ::getpgrp();
  const auto one = StartTree("sh -c 'echo $$; kill -STOP $$' & wait; kill -STOP $$", 1);
  ASSERT_EQ(::getpgid(std::stoi(*said_.begin())), group);

  while (!TryKillTree(*one)) {
  }

  EXPECT_FALSE(other->TryReap());
}

TEST_F(ProcessTreeTest, IsKilledRoundByRoundWithoutWaiting) {
  const auto child = StartTree("(sleep 3600 & echo up; wait) & echo up; wait", 1);

  while (!TryKillDescendants(child.get())) {
    ::sched_yield();  // Whoever was forked in between is seen next time, and ends nothing now.
  }

  EXPECT_THAT(LivingDescendants(::getpid()), IsEmpty());
  EXPECT_TRUE(child->TryReap());
}

TEST_F(ProcessTreeTest, EndsAloneOfSeveral) {
  const auto one = StartTree(
      "sh -c 'echo $$; kill -STOP $$' & sh -c 'sh -c \"echo \\$\\$; kill -STOP \\$\\$\" & wait' & "
      "wait; kill -STOP $$",  // It does not end by itself when the others are killed first.
      2);
  const auto other = StartTree("sh -c 'echo $$; kill -STOP $$' & wait", 1);
  const auto living_before = LivingDescendants(other->pid());

  while (!TryKillTree(*one)) {
  }

  EXPECT_THAT(LivingDescendants(one->pid()), IsEmpty());
  EXPECT_FALSE(other->TryReap());
  EXPECT_EQ(LivingDescendants(other->pid()), living_before);
}

TEST_F(ProcessTreeTest, LeavesOrphansThatAreKilledWithoutOurOwnChildren) {
  const auto gone = StartTree("setsid sh -c 'echo $$; sleep 3600 & kill -STOP $$' & exit 0", 1);
  ASSERT_TRUE(gone->Await(Deadline::After(30s)));
  const auto own = StartTree("sh -c 'echo $$; kill -STOP $$' & wait", 1);
  const auto living_before = LivingDescendants(own->pid());

  while (!TryKillOrphans({own->pid()})) {
  }

  EXPECT_FALSE(own->TryReap());
  EXPECT_EQ(LivingDescendants(own->pid()), living_before);
  EXPECT_THAT(LivingDescendants(::getpid()), SizeIs(living_before.size() + 1));
}

TEST_F(ProcessTreeTest, LeavesTheEndsOfOurOwnChildrenUnreaped) {
  const auto own = StartTree("exit 7", 0);
  siginfo_t info{};
  ::waitid(P_PID, static_cast<id_t>(own->pid()), &info, WEXITED | WNOWAIT);

  EXPECT_TRUE(TryKillOrphans({own->pid()}));

  ASSERT_TRUE(own->TryReap());
  EXPECT_EQ(own->TryReap()->exit_code, 7);
}

TEST_F(ProcessTreeTest, StandsStillAndGoesOnAsASignalSays) {
  const auto child = StartTree("(echo up; sleep 3600) & echo up; wait", 2);
  const pid_t below = LivingDescendants(child->pid()).at(0);

  SignalTree(*child, SIGSTOP);

  while (StateOf(below) != 'T' || StateOf(child->pid()) != 'T') {
  }
  SignalTree(*child, SIGCONT);
  while (StateOf(below) == 'T' || StateOf(child->pid()) == 'T') {
  }
}

TEST_F(ProcessTreeTest, IsNothingToWaitForWhenThereIsNone) {
  EXPECT_TRUE(TryKillDescendants(nullptr));
}

TEST_F(ProcessTreeTest, HasNothingToKillWithoutChildren) {
  EXPECT_TRUE(KillDescendants(Deadline::After(0s), nullptr));
}

TEST_F(ProcessTreeTest, SumsTheMemoryOfTheTree) {
  const auto child = StartTree("echo one; sh -c 'echo two; kill -STOP $$' & kill -STOP $$", 2);

  const TreeMemory tree = ReadTreeMemory(child->pid());

  EXPECT_GT(tree.resident_bytes, 2 * 100 * 1024);  // Two shells.
  EXPECT_GE(tree.peak_bytes, tree.resident_bytes);
  EXPECT_LT(tree.peak_bytes, 1024 * 1024 * 1024);
}

TEST_F(ProcessTreeTest, HasNoMemoryWhenItIsGone) {
  EXPECT_EQ(ReadTreeMemory(-7).resident_bytes, 0);
}

}  // namespace
}  // namespace openfc
