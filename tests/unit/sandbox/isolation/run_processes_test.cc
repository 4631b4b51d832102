#include "sandbox/isolation/run_processes.h"

#include "runtime/process/proc_files.h"
#include "tests/unit/sandbox/isolation/holder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pthread.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace openfc::sandbox {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

TEST(RunProcessesTest, FindsAGroupAndNobodyElse) {
  const Holder first([] { ::setpgid(0, 0); });
  const Holder second([&] { ::setpgid(0, first.pid()); });
  const Holder other([] { ::setpgid(0, 0); });

  EXPECT_THAT(ProcessesOfGroup(first.pid()), UnorderedElementsAre(first.pid(), second.pid()));
}

TEST(RunProcessesTest, FindsNobodyInNoGroup) { EXPECT_THAT(ProcessesOfGroup(-1), IsEmpty()); }

TEST(RunProcessesTest, FindsAUsersProcessesWhereverTheyWent) {
  if (::getuid() != 0) GTEST_SKIP() << "becomes another user: needs root";
  constexpr uid_t kUser = 60711;
  const Holder one([] { (void)!::setuid(kUser); });
  const Holder gone([] {
    (void)!::setuid(kUser);
    ::setsid();
  });
  const Holder other([] { (void)!::setuid(kUser + 1); });

  EXPECT_THAT(ProcessesOfUser(kUser), UnorderedElementsAre(one.pid(), gone.pid()));
  EXPECT_THAT(ProcessesOfUser(kUser / 10), IsEmpty()) << "the same digits, and fewer";
  EXPECT_THAT(ProcessesOfUser(::getuid()), Contains(::getpid()));
  EXPECT_THAT(ProcessesOfUser(::getuid()), Not(Contains(one.pid())));
}

TEST(LivingThreadTest, IsTheFirstOneUsually) {
  const Holder holder([] {});

  EXPECT_EQ(LivingThreadOf(holder.pid()), holder.pid());
}

/// In a child: ends its first thread, and says so by another one, which stays.
void EndFirstThread(int told) {
  static int teller = told;
  const auto wait = [](void*) -> void* {
    while (ReadProcess(::getpid())->is_alive) ::sched_yield();
    (void)!::write(teller, "", 1);
    while (true) ::pause();
  };
  pthread_t other{};
  ::pthread_create(&other, nullptr, wait, nullptr);
  ::syscall(SYS_exit, 0);
}

TEST(LivingThreadTest, IsAnotherOneOnceTheFirstHasEnded) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const pid_t child = ::fork();
  if (child == 0) EndFirstThread(ends[1]);
  char byte = 0;
  ASSERT_EQ(::read(ends[0], &byte, 1), 1);

  const pid_t thread = LivingThreadOf(child);

  EXPECT_NE(thread, child);
  EXPECT_GT(ReadProcessMemory(thread).resident_bytes, 0);
  EXPECT_EQ(ReadProcessMemory(child).resident_bytes, 0);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST(LivingThreadTest, IsTheDeadOneWhereNoneIsLeft) {
  const pid_t dead = ::fork();
  if (dead == 0) ::_exit(0);
  siginfo_t info{};
  ::waitid(P_PID, static_cast<id_t>(dead), &info, WEXITED | WNOWAIT);

  EXPECT_EQ(LivingThreadOf(dead), dead);
  ::waitpid(dead, nullptr, 0);
}

}  // namespace
}  // namespace openfc::sandbox
