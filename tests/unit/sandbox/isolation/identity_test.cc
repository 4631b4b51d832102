#include "sandbox/isolation/identity.h"

#include "tests/fakes/temp_dir.h"
#include "tests/unit/sandbox/isolation/holder.h"
#include "tests/unit/sandbox/isolation/in_child.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/capability.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <string>

namespace openfc::sandbox {
namespace {

using testing::TempDir;

constexpr uid_t kUser = 60712;

class EyesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (::getuid() != 0) GTEST_SKIP() << "has another user's eyes: needs root";
  }
};

bool Opens(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file >= 0) ::close(file);
  return file >= 0;
}

/// Root as it is in a container.
int GiveUpLooking() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, 2> held{};
  if (::syscall(SYS_capget, &header, held.data()) != 0) return errno;
  constexpr std::array<unsigned, 3> kLooking{CAP_SYS_PTRACE, CAP_SYS_ADMIN, CAP_PERFMON};
  for (const unsigned looking : kLooking) {
    held[CAP_TO_INDEX(looking)].effective &= ~CAP_TO_MASK(looking);
  }
  return ::syscall(SYS_capset, &header, held.data()) == 0 ? 0 : errno;
}

TEST_F(EyesTest, SeeWhatTheUserSeesUntilTheyAreClosed) {
  const TempDir folder;
  const std::string secret = folder.WriteFile("secret", "x").string();
  ASSERT_EQ(::chmod(secret.c_str(), 0600), 0);

  {
    const EyesOf eyes(kUser);
    EXPECT_FALSE(Opens(secret));
  }

  EXPECT_TRUE(Opens(secret));
  EXPECT_EQ(::geteuid(), 0U);
}

TEST_F(EyesTest, OfNobodyAreOurOwn) {
  const TempDir folder;
  const std::string secret = folder.WriteFile("secret", "x").string();
  ASSERT_EQ(::chmod(secret.c_str(), 0600), 0);

  const EyesOf eyes(0);

  EXPECT_TRUE(Opens(secret));
}

TEST_F(EyesTest, LookIntoAProcessThatRootMayNotLookInto) {
  const Holder holder([] {
    (void)!::setgid(kUser);
    (void)!::setuid(kUser);
    ::prctl(PR_SET_DUMPABLE, 1);
  });
  const std::string maps = "/proc/" + std::to_string(holder.pid()) + "/maps";

  EXPECT_EQ(InChild([&] {
              if (GiveUpLooking() != 0 || MayReadOtherUsers() || Opens(maps)) return 1;
              const EyesOf eyes(kUser);
              return Opens(maps) ? 0 : 2;
            }),
            0);
}

TEST_F(EyesTest, DoNotForgetWhatIsToBeToldOfAParentsDeath) {
  EXPECT_EQ(InChild([] {
              ::prctl(PR_SET_PDEATHSIG, SIGKILL);
              { const EyesOf eyes(kUser); }
              int signal = 0;
              ::prctl(PR_GET_PDEATHSIG, &signal);
              return signal == SIGKILL ? 0 : 1;
            }),
            0);
}

}  // namespace
}  // namespace openfc::sandbox
