#include "sandbox/zygote/init_maker.h"

#include "runtime/base/unique_fd.h"
#include "sandbox/isolation/file_view.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

namespace openfc::sandbox {
namespace {

std::vector<pid_t> Children() {
  const std::string number = std::to_string(::getpid());
  std::ifstream file("/proc/" + number + "/task/" + number + "/children");
  return {std::istream_iterator<pid_t>(file), {}};
}

std::string WorldOf(pid_t pid) {
  return std::filesystem::read_symlink("/proc/" + std::to_string(pid) + "/ns/pid").string();
}

class InitMakerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (::getuid() != 0) GTEST_SKIP() << "makes namespaces: needs root";
    std::array<int, 2> ends{};
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()), 0);
    link_ = UniqueFd(ends[0]);
    its_link_ = UniqueFd(ends[1]);
    auto maker = InitMaker::Start();
    ASSERT_TRUE(maker) << maker.error().message;
    maker_ = *std::move(maker);
  }

  /// The init of a world that is ready, which ends here.
  void ExpectAnInit() {
    const auto init = maker_->ForkInit(SystemReadPaths(), its_link_.get());
    ASSERT_TRUE(init) << init.error().message;
    its_link_.Reset();
    std::array<char, 256> answer{};
    const ssize_t size = ::recv(link_.get(), answer.data(), answer.size(), 0);
    EXPECT_EQ(size, 1) << answer.data();
    EXPECT_NE(WorldOf(*init), WorldOf(::getpid()));
    EXPECT_EQ(WorldOf(::getpid()), own_world_);
    link_.Reset();
    int status = -1;
    EXPECT_EQ(::waitpid(*init, &status, 0), *init) << "it is no child of this process";
    EXPECT_EQ(status, 0);
  }

  const std::string own_world_ = WorldOf(::getpid());
  UniqueFd link_;
  UniqueFd its_link_;
  std::unique_ptr<InitMaker> maker_;
};

TEST_F(InitMakerTest, ForksAnInitThatIsThisProcesssChild) {
  ExpectAnInit();
  maker_.reset();
  EXPECT_GT(::waitpid(-1, nullptr, 0), 0);
}

TEST_F(InitMakerTest, HasThisProcessForkOnceTheMakerIsGone) {
  const auto children = Children();
  ASSERT_EQ(children.size(), 1U);
  ::kill(children[0], SIGKILL);
  ASSERT_EQ(::waitpid(children[0], nullptr, 0), children[0]);

  ExpectAnInit();
}

TEST_F(InitMakerTest, EndsWithItsOwner) {
  const auto children = Children();
  ASSERT_EQ(children.size(), 1U);

  maker_.reset();

  int status = -1;
  EXPECT_EQ(::waitpid(children[0], &status, 0), children[0]);
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace openfc::sandbox
