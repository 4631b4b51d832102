#include "emulator/dependencies/code_folder.h"

#include "tests/fakes/temp_dir.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/file.h>

#include <filesystem>
#include <set>
#include <string>

namespace openfc::emulator {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

class CodeFolderTest : public ::testing::Test {
 protected:
  std::string Path(const std::string& name) const { return (folder_.path() / name).string(); }
  std::set<std::string> Names() const {
    std::set<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder_.path())) {
      names.insert(entry.path().filename().string());
    }
    return names;
  }

  openfc::testing::TempDir folder_;
};

TEST_F(CodeFolderTest, ReadsAFileWhole) {
  folder_.WriteFile("a", std::string("x\0y\n", 4));

  const auto text = ReadWhole(Path("a"));

  ASSERT_TRUE(text.has_value());
  EXPECT_EQ(*text, std::string("x\0y\n", 4));
}

TEST_F(CodeFolderTest, SaysWhatCannotBeRead) {
  EXPECT_THAT(ReadWhole(Path("none")).error().message, HasSubstr("none cannot be read: No such"));
  EXPECT_THAT(ReadWhole(Path("")).error().message, HasSubstr("cannot be read: Is a directory"));
}

TEST_F(CodeFolderTest, ReplacesAFile) {
  folder_.WriteFile("a", "a longer text");

  ASSERT_TRUE(ReplaceFile(Path("a"), "new").has_value());

  EXPECT_EQ(*ReadWhole(Path("a")), "new");
  EXPECT_THAT(Names(), ElementsAre("a"));
}

TEST_F(CodeFolderTest, LeavesAFileThatItCannotReplace) {
  EXPECT_FALSE(ReplaceFile(Path("none/a"), "new").has_value());
  fs::create_directory(Path("b"));
  EXPECT_FALSE(ReplaceFile(Path("b"), "new").has_value());
  EXPECT_THAT(Names(), ElementsAre("b"));
}

TEST_F(CodeFolderTest, IsHeldByOneAtATime) {
  auto held = HoldFolder(Path("x/y"));
  ASSERT_TRUE(held.has_value());

  const UniqueFd other(::open(Path("x/y").c_str(), O_RDONLY | O_DIRECTORY));
  EXPECT_NE(::flock(other.get(), LOCK_EX | LOCK_NB), 0);
  held = UniqueFd();
  EXPECT_EQ(::flock(other.get(), LOCK_EX | LOCK_NB), 0);
}

TEST_F(CodeFolderTest, CannotBeHeldWhereAFileIs) {
  folder_.WriteFile("a", "");

  EXPECT_FALSE(HoldFolder(Path("a")).has_value());
  EXPECT_FALSE(HoldFolder(Path("a/b")).has_value());
}

TEST_F(CodeFolderTest, TakesAnEmptyPlace) {
  auto fresh = FreshFolder::Beside(Path("place"));
  ASSERT_TRUE(fresh.has_value());
  folder_.WriteFile(fs::path(fresh->path()).filename().string() + "/new", "");

  ASSERT_TRUE(fresh->TakePlace().has_value());

  EXPECT_TRUE(fs::exists(Path("place/new")));
  EXPECT_THAT(Names(), ElementsAre("place"));
}

TEST_F(CodeFolderTest, TakesThePlaceOfAnotherFolderOrFile) {
  for (const char* const old : {"folder/old", "file"}) {
    const std::string place = std::string(old).substr(0, std::string(old).find('/'));
    folder_.WriteFile(old, "");
    {
      auto fresh = FreshFolder::Beside(Path(place));
      ASSERT_TRUE(fresh.has_value());
      folder_.WriteFile(fs::path(fresh->path()).filename().string() + "/new", "");
      ASSERT_TRUE(fresh->TakePlace().has_value());
    }
    EXPECT_TRUE(fs::exists(Path(place + "/new")));
    EXPECT_FALSE(fs::exists(Path("folder/old")));
  }
  EXPECT_THAT(Names(), UnorderedElementsAre("folder", "file"));
}

TEST_F(CodeFolderTest, LeavesThePlaceAloneUntilItIsTaken) {
  folder_.WriteFile("place/old", "");
  { const auto fresh = FreshFolder::Beside(Path("place")); }

  EXPECT_TRUE(fs::exists(Path("place/old")));
  EXPECT_THAT(Names(), ElementsAre("place"));
}

TEST_F(CodeFolderTest, RemovesWhatAKilledBuildLeftBehind) {
  folder_.WriteFile("place.new.abcdef/half", "");
  folder_.WriteFile("place.newer/kept", "");

  const auto fresh = FreshFolder::Beside(Path("place"));

  EXPECT_FALSE(fs::exists(Path("place.new.abcdef")));
  EXPECT_TRUE(fs::exists(Path("place.newer/kept")));
}

}  // namespace
}  // namespace openfc::emulator
