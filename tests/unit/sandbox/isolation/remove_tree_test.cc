#include "sandbox/isolation/remove_tree.h"

#include "tests/fakes/temp_dir.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>

namespace openfc::sandbox {
namespace {

namespace fs = std::filesystem;
using testing::TempDir;

TEST(RemoveTreeTest, RemovesWhatIsThereAndWhatIsNot) {
  const TempDir folder;
  folder.WriteFile("tree/a/b/file", "x");
  folder.WriteFile("tree/a/c/file", "x");
  const std::string tree = (folder.path() / "tree").string();

  EXPECT_TRUE(RemoveTree(tree));
  EXPECT_FALSE(fs::exists(tree));
  EXPECT_TRUE(RemoveTree(tree));
}

TEST(RemoveTreeTest, FollowsNoLink) {
  const TempDir folder;
  const fs::path kept = folder.WriteFile("kept/file", "x");
  fs::create_directory(folder.path() / "tree");
  fs::create_directory_symlink(folder.path() / "kept", folder.path() / "tree/link");
  fs::create_directory_symlink(folder.path() / "kept", folder.path() / "tree-link");

  EXPECT_TRUE(RemoveTree((folder.path() / "tree").string()));
  EXPECT_FALSE(RemoveTree((folder.path() / "tree-link").string()));
  EXPECT_TRUE(fs::exists(kept));
}

TEST(RemoveTreeTest, OpensFoldersThatTheirOwnerShut) {
  const TempDir folder;
  folder.WriteFile("tree/shut/file", "x");
  fs::permissions(folder.path() / "tree/shut", fs::perms::none);

  EXPECT_TRUE(RemoveTree((folder.path() / "tree").string()));
}

TEST(RemoveTreeTest, GoesTwoThousandFoldersDeep) {
  const TempDir folder;
  const std::string tree = (folder.path() / "tree").string();
  const std::string before = fs::current_path();
  ASSERT_EQ(::mkdir(tree.c_str(), 0700), 0);
  ASSERT_EQ(::chdir(tree.c_str()), 0);
  for (int depth = 0; depth < 2'000; ++depth) {
    ASSERT_EQ(::mkdir("d", 0700), 0);
    ASSERT_EQ(::chdir("d"), 0);
  }
  ASSERT_EQ(::chdir(before.c_str()), 0);

  EXPECT_TRUE(RemoveTree(tree));
  EXPECT_FALSE(fs::exists(tree));
}

}  // namespace
}  // namespace openfc::sandbox
