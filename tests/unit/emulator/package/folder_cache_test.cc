#include "emulator/package/folder_cache.h"

#include "tests/fakes/temp_dir.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

namespace openfc::emulator {
namespace {

namespace fs = std::filesystem;

class FolderCacheTest : public ::testing::Test {
 protected:
  std::string Folder() const { return (folder_.path() / "cache").string(); }

  FolderCache::Fill Writing(const std::string& text) {
    return [this, text](const std::string& folder) {
      ++fills_;
      std::ofstream(folder + "/file") << text;
      return Ok();
    };
  }

  openfc::testing::TempDir folder_;
  const FolderCache cache_{Folder()};
  int fills_ = 0;
};

TEST_F(FolderCacheTest, FillsAFolderOnce) {
  const auto first = cache_.FolderFor("key", Writing("one"));
  const auto second = cache_.FolderFor("key", Writing("two"));

  ASSERT_TRUE(first && second);
  EXPECT_EQ(*first, Folder() + "/key");
  EXPECT_EQ(*second, *first);
  EXPECT_EQ(fills_, 1);
  EXPECT_EQ(fs::status(*first).permissions(), fs::perms(0755));
}

TEST_F(FolderCacheTest, LeavesNothingOfAFolderThatCannotBeFilled) {
  const auto failed = cache_.FolderFor("key", [](const std::string& folder) -> Status {
    std::ofstream(folder + "/part") << "x";
    return Error{ErrorCode::kInvalidArgument, "no"};
  });

  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().message, "no");
  EXPECT_TRUE(fs::is_empty(Folder()));
  EXPECT_TRUE(cache_.FolderFor("key", Writing("one")));
}

TEST_F(FolderCacheTest, TakesTheFolderOfAQuickerProcess) {
  const auto made = cache_.FolderFor("key", [this](const std::string& folder) {
    EXPECT_TRUE(cache_.FolderFor("key", Writing("theirs")));
    std::ofstream(folder + "/file") << "ours";
    return Ok();
  });

  ASSERT_TRUE(made) << made.error().message;
  std::string text;
  std::ifstream(*made + "/file") >> text;
  EXPECT_EQ(text, "theirs");
  EXPECT_EQ(std::distance(fs::directory_iterator(Folder()), {}), 1);
}

TEST_F(FolderCacheTest, SaysWhereItCannotBe) {
  folder_.WriteFile("cache", "a file");

  const auto made = cache_.FolderFor("key", Writing("x"));

  ASSERT_FALSE(made);
  EXPECT_THAT(made.error().message, ::testing::HasSubstr(Folder()));
}

}  // namespace
}  // namespace openfc::emulator
