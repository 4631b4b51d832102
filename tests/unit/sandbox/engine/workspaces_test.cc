#include "sandbox/engine/workspaces.h"

#include "tests/fakes/temp_dir.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <set>

namespace openfc::sandbox {
namespace {

namespace fs = std::filesystem;
using testing::TempDir;

TEST(UserPoolTest, LendsEachUserToOneAtATime) {
  UserPool pool(100, 2);
  const auto first = pool.Take();
  const auto second = pool.Take();

  EXPECT_EQ((std::set{first.value(), second.value()}), (std::set<uid_t>{100, 101}));
  EXPECT_FALSE(pool.Take());
  pool.GiveBack(100);
  EXPECT_EQ(pool.Take(), 100U);
}

TEST(UserPoolTest, LendsNobodyForEverWithoutUsersOfItsOwn) {
  UserPool pool(100, 0);

  for (int i = 0; i < 1'000; ++i) EXPECT_EQ(pool.Take(), 0U);
}

TEST(WorkspaceTest, IsItsOwnersAloneAndGoesWithItsLastOwner) {
  const TempDir folder;
  const auto users = std::make_shared<UserPool>(100, 0);
  auto workspace = MakeWorkspaceIn(folder.path().string(), users).value();
  const fs::path path = workspace->path();
  struct stat about {};
  ASSERT_EQ(::stat(path.c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777U, 0700U);
  EXPECT_EQ(workspace->owner(), ::getuid());
  const auto other = workspace;

  workspace.reset();
  EXPECT_TRUE(fs::exists(path));
}

TEST(WorkspaceTest, GivesItsUserBack) {
  if (::getuid() != 0) GTEST_SKIP() << "gives folders away: needs root";
  const TempDir folder;
  const auto users = std::make_shared<UserPool>(60'706, 1);
  auto workspace = MakeWorkspaceIn(folder.path().string(), users).value();
  const fs::path path = workspace->path();
  EXPECT_EQ(workspace->owner(), 60'706U);
  EXPECT_FALSE(MakeWorkspaceIn(folder.path().string(), users));

  workspace.reset();

  EXPECT_FALSE(fs::exists(path));
  EXPECT_TRUE(MakeWorkspaceIn(folder.path().string(), users));
}

}  // namespace
}  // namespace openfc::sandbox
