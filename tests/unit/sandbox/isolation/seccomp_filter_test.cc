#include "sandbox/isolation/seccomp_filter.h"

#include "sandbox/isolation/identity.h"
#include "tests/unit/sandbox/isolation/in_child.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
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

TEST(SeccompFilterTest, LetsNoDescriptorTravelWhereNothingWallsSocketsIn) {
  const auto sends = [] {
    int pair[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0) return ssize_t{-1};
    iovec piece{pair, 1};
    msghdr message{};
    message.msg_iov = &piece;
    message.msg_iovlen = 1;
    return ::sendmsg(pair[0], &message, 0);
  };

  EXPECT_EQ(ErrorBehind(kCommand, sends), EPERM);
  EXPECT_EQ(ErrorBehind({.sockets = SocketRule::kNamespaced}, sends), 0);
  EXPECT_EQ(ErrorBehind(kCommand, [] { return ::syscall(SYS_sendmmsg, -1, 0, 0, 0); }), EPERM);
}

TEST(SeccompFilterTest, HasThreadsShareTheirDescriptors) {
  constexpr long kThread = CLONE_VM | CLONE_SIGHAND | CLONE_THREAD;
  const auto clones = [](long flags) {
    return ErrorBehind(kSnippet, [=] { return ::syscall(SYS_clone, flags, 0, 0, 0, 0); });
  };

  EXPECT_EQ(clones(kThread), EPERM);
  EXPECT_EQ(clones((kThread & ~CLONE_SIGHAND) | CLONE_FILES), EINVAL) << "the kernel's word";
  EXPECT_EQ(ErrorBehind(kCommand, [] { return ::syscall(SYS_close_range, 90, 99, 2); }), EPERM);
  EXPECT_EQ(ErrorBehind(kCommand, [] { return ::syscall(SYS_close_range, 90, 99, 4); }), 0);
}

TEST(SeccompFilterTest, HasAProcessStayAsReadableAsItIs) {
  const auto hides = [] {
    return ::prctl(PR_SET_DUMPABLE, 0) == 0 ? ::prctl(PR_GET_DUMPABLE) - 1 : -1;
  };

  EXPECT_EQ(ErrorBehind({.stays_readable = true}, hides), 0);
  EXPECT_NE(ErrorBehind(kCommand, hides), 0);
}

constexpr FilterRules kWatched{.may_fork = true, .is_watched = true};

TEST(SeccompFilterTest, HasNoFilesInMemoryWhereItIsWatched) {
  const auto makes = [] { return ::syscall(SYS_memfd_create, "x", 0); };

  EXPECT_EQ(ErrorBehind(kWatched, makes), ENOSYS);
  EXPECT_EQ(ErrorBehind(kCommand, makes), 0);
}

TEST(SeccompFilterTest, HasSmallSharedMappingsWhereMemoryIsWatched) {
  const auto maps = [](const FilterRules& rules, std::int64_t bytes, int flags) {
    return ErrorBehind(rules, [=] {
      void* memory = ::mmap(nullptr, static_cast<std::size_t>(bytes), PROT_READ, flags, -1, 0);
      return memory == MAP_FAILED ? -1 : 0;
    });
  };
  constexpr int kShared = MAP_SHARED | MAP_ANONYMOUS;

  EXPECT_EQ(maps(kWatched, kLongestSharedMapping, kShared), 0);
  EXPECT_EQ(maps(kWatched, kLongestSharedMapping + 1, kShared), ENOMEM);
  EXPECT_EQ(maps(kWatched, 1LL << 32, kShared | MAP_NORESERVE), ENOMEM);
  EXPECT_EQ(maps(kWatched, 64LL << 20, MAP_PRIVATE | MAP_ANONYMOUS), 0);
  EXPECT_EQ(maps(kCommand, 64LL << 20, kShared), 0);
}

TEST(SeccompFilterTest, LetsSharedMappingsOfFilesBeAsLongAsTheyAre) {
  EXPECT_EQ(ErrorBehind(kWatched,
                        [] {
                          const int file = ::open("/bin/sh", O_RDONLY);
                          void* mapped = ::mmap(nullptr, 64U << 20, PROT_READ, MAP_SHARED, file, 0);
                          return mapped == MAP_FAILED ? -1 : 0;
                        }),
            0);
}

TEST(SeccompFilterTest, LeavesPipesAndSocketsTheirSizeWhereMemoryIsWatched) {
  const auto widens_pipe = [] {
    int ends[2];
    return ::pipe(ends) == 0 ? ::fcntl(ends[1], F_SETPIPE_SZ, 1 << 19) : -1;
  };
  const auto widens_socket = [] {
    int pair[2];
    int before = 0;
    int after = 0;
    const int wanted = 4096;
    socklen_t size = sizeof(int);
    if (::socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0) return -1;
    ::getsockopt(pair[0], SOL_SOCKET, SO_SNDBUF, &before, &size);
    if (::setsockopt(pair[0], SOL_SOCKET, SO_SNDBUF, &wanted, sizeof(wanted)) != 0) return -1;
    ::getsockopt(pair[0], SOL_SOCKET, SO_SNDBUF, &after, &size);
    errno = EDOM;
    return before == after ? 0 : -1;
  };

  EXPECT_EQ(ErrorBehind(kWatched, widens_pipe), EPERM);
  EXPECT_EQ(ErrorBehind(kCommand, widens_pipe), 0);
  EXPECT_EQ(ErrorBehind(kWatched, widens_socket), 0);
  EXPECT_EQ(ErrorBehind(kCommand, widens_socket), EDOM);
}

TEST(SeccompFilterTest, PutsNoPagesOfFilesIntoPipesWhereMemoryIsWatched) {
  const auto splices = [] {
    int ends[2];
    const int file = ::open("/bin/sh", O_RDONLY);
    return ::pipe(ends) == 0 ? ::splice(file, nullptr, ends[1], nullptr, 1, 0) : ssize_t{-1};
  };
  const auto sends = [] {
    int ends[2];
    const int file = ::open("/bin/sh", O_RDONLY);
    return ::pipe(ends) == 0 ? ::sendfile(ends[1], file, nullptr, 1) : ssize_t{-1};
  };

  EXPECT_EQ(ErrorBehind(kWatched, splices), EINVAL);
  EXPECT_EQ(ErrorBehind(kWatched, sends), EINVAL);
  EXPECT_EQ(ErrorBehind(kCommand, splices), 0);
  EXPECT_EQ(ErrorBehind(kCommand, sends), 0);
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
