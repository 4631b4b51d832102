#include "sandbox/zygote/looker.h"

#include "tests/fakes/temp_dir.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <memory>
#include <string>

namespace openfc::sandbox {
namespace {

using testing::TempDir;

constexpr std::size_t kBytes = 1U << 20;

/// Of a run without processes, in a folder with a file of kBytes.
Sight SightOf(const TempDir& folder) {
  std::ofstream(folder.path() / "file") << std::string(kBytes, 'x');
  Sight sight;
  const std::string path = folder.path().string();
  std::copy(path.begin(), path.end(), sight.folder.begin());
  return sight;
}

TEST(LookerTest, TellsWhatItSees) {
  const TempDir folder;
  const auto looker = Looker::Start().value();

  ASSERT_TRUE(looker->Ask(7, SightOf(folder)));

  const auto answer = looker->TakeAnswer();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->run, 7U);
  EXPECT_GE(answer->use.disk_bytes, static_cast<std::int64_t>(kBytes));
}

TEST(LookerTest, SaysThatItIsGone) {
  const TempDir folder;
  const auto looker = Looker::Start().value();
  std::ifstream children("/proc/self/task/" + std::to_string(::getpid()) + "/children");
  pid_t helper = 0;
  ASSERT_TRUE(children >> helper);
  ::kill(helper, SIGKILL);
  ASSERT_EQ(::waitpid(helper, nullptr, 0), helper);

  EXPECT_FALSE(looker->Ask(1, SightOf(folder)));
  EXPECT_FALSE(looker->TakeAnswer());
}

}  // namespace
}  // namespace openfc::sandbox
