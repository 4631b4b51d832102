#include "sandbox/isolation/seccomp_filter.h"

#include "sandbox/isolation/identity.h"
#include "tests/unit/sandbox/isolation/in_child.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <thread>

namespace openfc::sandbox {
namespace {

constexpr int kNotLoaded = 250;

/// errno of `attempt` (a call that answers -1 on failure) behind the filter; 0 when it succeeds.
template <typename Attempt>
int ErrorBehind(const FilterRules& rules, Attempt attempt) {
  const auto filter = BuildFilter(rules);
  EXPECT_TRUE(filter);
  return InChild([&] {
    if (ForbidNewPrivileges() != 0 || filter->Load() != 0) return kNotLoaded;
    return attempt() >= 0 ? 0 : errno;
  });
}

constexpr FilterRules kSnippet{};
constexpr FilterRules kCommand{.may_fork = true};

TEST(SeccompFilterTest, LetsASnippetHaveThreadsAndNoProcesses) {
  EXPECT_EQ(ErrorBehind(kSnippet, [] { return ::fork(); }), EPERM);
  EXPECT_EQ(ErrorBehind(kSnippet, [] { return ::execl("/bin/true", "true", nullptr); }), EPERM);
  EXPECT_EQ(ErrorBehind(kSnippet,
                        [] {
                          std::thread([] {}).join();
                          return 0;
                        }),
            0);
}

TEST(SeccompFilterTest, LetsACommandFork) {
  EXPECT_EQ(ErrorBehind(kCommand, [] { return InChild([] { return 0; }); }), 0);
}

TEST(SeccompFilterTest, RefusesEverySocketButPairs) {
  EXPECT_EQ(ErrorBehind(kCommand, [] { return ::socket(AF_INET, SOCK_STREAM, 0); }), EPERM);
  EXPECT_EQ(ErrorBehind(kCommand, [] { return ::socket(AF_UNIX, SOCK_STREAM, 0); }), EPERM);
  EXPECT_EQ(ErrorBehind(kCommand,
                        [] {
                          int pair[2];
                          return ::socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
                        }),
            0);
}

TEST(SeccompFilterTest, LetsThroughTheSocketsThatANamespaceWallsIn) {
  const FilterRules rules{.sockets = SocketRule::kNamespaced};
  const auto opens = [&](long domain, long type, long protocol) {
    return ErrorBehind(rules, [=] { return ::syscall(SYS_socket, domain, type, protocol); });
  };
  constexpr long kHighBit = 1L << 32;

  EXPECT_EQ(opens(AF_INET, SOCK_STREAM, 0), 0);
  EXPECT_EQ(opens(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0), 0);
  EXPECT_EQ(opens(AF_UNIX, SOCK_STREAM, 0), 0);
  EXPECT_EQ(opens(AF_INET, SOCK_RAW, 1), EPERM);
  EXPECT_EQ(opens(AF_INET, SOCK_RAW | SOCK_CLOEXEC | kHighBit, 1), EPERM);
  EXPECT_EQ(opens(AF_INET, SOCK_STREAM, 262), EPERM) << "MPTCP";
  EXPECT_EQ(opens(AF_INET, SOCK_STREAM, 262 | kHighBit), EPERM) << "the kernel ignores the rest";
  for (const int domain : {AF_NETLINK, AF_PACKET, AF_ALG, AF_VSOCK, AF_AX25, AF_XDP}) {
    EXPECT_EQ(opens(domain, SOCK_RAW, 0), EPERM) << domain;
    EXPECT_EQ(opens(domain | kHighBit, SOCK_RAW, 0), EPERM) << domain;
  }
}

TEST(SeccompFilterTest, RefusesNamespaces) {
  EXPECT_EQ(ErrorBehind(kCommand, [] { return ::unshare(CLONE_NEWUSER); }), EPERM);
  EXPECT_EQ(ErrorBehind(kCommand,
                        [] { return ::syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0); }),
            EPERM);
}

TEST(SeccompFilterTest, SendsLibcFromClone3ToClone) {
  EXPECT_EQ(ErrorBehind(kCommand, [] { return ::syscall(SYS_clone3, nullptr, 0); }), ENOSYS);
}

TEST(SeccompFilterTest, DoesNotKnowWhatIsNewerThanItself) {
  for (const long number : {450, 462, 511, 1000, 0x40000000 + SYS_getpid}) {
    EXPECT_EQ(ErrorBehind(kCommand, [=] { return ::syscall(number, 0, 0, 0); }), ENOSYS) << number;
  }
}

TEST(SeccompFilterTest, LetsAProcessLimitItselfAndNobodyElse) {
  const rlimit none{0, 0};
  const auto limits = [&](long pid) {
    return ErrorBehind(kCommand,
                       [=] { return ::syscall(SYS_prlimit64, pid, RLIMIT_CORE, &none, nullptr); });
  };

  EXPECT_EQ(limits(0), 0);
  EXPECT_EQ(limits(::getppid()), EPERM);
  EXPECT_EQ(ErrorBehind(kCommand, [] { return ::setpriority(PRIO_PROCESS, 0, 19); }), 0);
  EXPECT_EQ(ErrorBehind(kCommand, [] { return ::setpriority(PRIO_USER, 0, 19); }), EPERM);
}

TEST(SeccompFilterTest, PretendsThatSessionsAreMade) {
  const FilterRules rules{.may_fork = true, .pretends_sessions = true};

  EXPECT_EQ(ErrorBehind(rules,
                        [] {
                          const pid_t before = ::getsid(0);
                          const bool is_said = ::setsid() >= 0;
                          return is_said && ::getsid(0) == before ? 0 : -1;
                        }),
            0);
}

TEST(SeccompFilterTest, RefusesDevicesAndLetsPipesBeMade) {
  const std::string name = "/tmp/openfc-filter-test-" + std::to_string(::getpid());

  EXPECT_EQ(ErrorBehind(kCommand, [&] { return ::mknod(name.c_str(), S_IFCHR | 0600, 0x103); }),
            EPERM);
  EXPECT_EQ(ErrorBehind(kCommand, [&] { return ::mkfifo(name.c_str(), 0600); }), 0);
  ::unlink(name.c_str());
}

TEST(SeccompFilterTest, GivesObjectsOfIpcToANamespaceOfTheirOwn) {
  const auto makes = [] { return ::syscall(SYS_shmget, 0, 4096, 0600); };

  EXPECT_EQ(ErrorBehind(kCommand, makes), EPERM);
  EXPECT_EQ(ErrorBehind({.has_own_ipc = true}, [] { return ::syscall(SYS_shmget, 0, 0, 0); }),
            EINVAL);
}

/// Numbers of 32-bit programs are others: a filter that does not ask lets them all through.
TEST(SeccompFilterTest, EndsWhoSpeaksAsA32BitProgram) {
#if defined(__x86_64__)
  const auto filter = BuildFilter(kCommand);
  ASSERT_TRUE(filter);

  const int end = InChild([&] {
    if (ForbidNewPrivileges() != 0 || filter->Load() != 0) return kNotLoaded;
    long result = 20;  // getpid of i386.
    asm volatile("int $0x80" : "+a"(result) : : "memory");
    return 0;
  });

  EXPECT_EQ(end, 128 + SIGSYS);
#endif
}

}  // namespace
}  // namespace openfc::sandbox
