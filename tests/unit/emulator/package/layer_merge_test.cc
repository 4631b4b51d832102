#include "emulator/package/layer_merge.h"

#include "tests/fakes/temp_dir.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

namespace openfc::emulator {
namespace {

namespace fs = std::filesystem;

class LayerMergeTest : public ::testing::Test {
 protected:
  std::string Path(const std::string& name) const { return (folder_.path() / name).string(); }

  std::string Text(const std::string& name) const {
    std::ifstream file(Path(name));
    return {std::istreambuf_iterator<char>(file), {}};
  }

  void Merge(const std::vector<std::string>& names) {
    std::vector<std::string> folders;
    for (const std::string& name : names) folders.push_back(Path(name));
    fs::create_directory(Path("out"));
    const Status merged = MergeFolders(folders, Path("out"));
    ASSERT_TRUE(merged) << merged.error().message;
  }

  openfc::testing::TempDir folder_;
};

TEST_F(LayerMergeTest, JoinsFoldersAndLetsTheFirstWin) {
  folder_.WriteFile("1/python/a.py", "first");
  folder_.WriteFile("1/only1", "1");
  folder_.WriteFile("2/python/a.py", "second");
  folder_.WriteFile("2/python/b.py", "second");

  Merge({"1", "2"});

  EXPECT_EQ(Text("out/python/a.py"), "first");
  EXPECT_EQ(Text("out/python/b.py"), "second");
  EXPECT_EQ(Text("out/only1"), "1");
}

TEST_F(LayerMergeTest, LetsTheFirstWinWhateverItIs) {
  folder_.WriteFile("1/x", "a file");
  folder_.WriteFile("2/x/below", "lost");
  folder_.WriteFile("1/y/below", "kept");
  folder_.WriteFile("2/y", "lost");
  fs::create_symlink("elsewhere", Path("1/z"));
  folder_.WriteFile("2/z", "lost");

  Merge({"1", "2"});

  EXPECT_EQ(Text("out/x"), "a file");
  EXPECT_EQ(Text("out/y/below"), "kept");
  EXPECT_EQ(fs::read_symlink(Path("out/z")), "elsewhere");
}

TEST_F(LayerMergeTest, KeepsModesAndLinks) {
  folder_.WriteFile("1/bin/tool", "#!/bin/sh\n");
  fs::permissions(Path("1/bin/tool"), fs::perms(0755));
  fs::create_symlink("tool", Path("1/bin/link"));
  fs::create_directory(Path("1/empty"));

  Merge({"1"});

  EXPECT_EQ(fs::status(Path("out/bin/tool")).permissions(), fs::perms(0755));
  EXPECT_EQ(fs::read_symlink(Path("out/bin/link")), "tool");
  EXPECT_TRUE(fs::is_directory(Path("out/empty")));
}

TEST_F(LayerMergeTest, SaysWhatItCannotRead) {
  fs::create_directory(Path("out"));
  const std::vector<std::string> folders = {Path("none")};

  EXPECT_THAT(MergeFolders(folders, Path("out")).error().message,
              ::testing::HasSubstr("cannot read '" + Path("none") + "'"));
  EXPECT_FALSE(FingerprintOf(Path("none")));
}

TEST_F(LayerMergeTest, KnowsWhenAFolderChanges) {
  folder_.WriteFile("1/a/file", "x");
  const auto print = [this] { return *FingerprintOf(Path("1")); };
  std::string last = print();
  const auto changes = [&] {
    const std::string now = print();
    const bool is_new = now != last;
    last = now;
    return is_new;
  };

  EXPECT_FALSE(changes());
  folder_.WriteFile("1/a/file", "longer");
  EXPECT_TRUE(changes());
  fs::permissions(Path("1/a/file"), fs::perms(0700));
  EXPECT_TRUE(changes());
  fs::rename(Path("1/a/file"), Path("1/a/other"));
  EXPECT_TRUE(changes());
  folder_.WriteFile("1/b", "");
  EXPECT_TRUE(changes());
  const timespec times[2] = {{.tv_sec = 1, .tv_nsec = 0}, {.tv_sec = 1, .tv_nsec = 0}};
  ::utimensat(AT_FDCWD, Path("1/b").c_str(), times, 0);
  EXPECT_TRUE(changes());
  fs::remove(Path("1/b"));
  EXPECT_TRUE(changes());
  EXPECT_FALSE(changes());
}

TEST_F(LayerMergeTest, KnowsAFolderAgainThatHasMoved) {
  folder_.WriteFile("1/a", "x");
  const std::string before = *FingerprintOf(Path("1"));
  fs::rename(Path("1"), Path("2"));

  EXPECT_EQ(*FingerprintOf(Path("2")), before);
}

}  // namespace
}  // namespace openfc::emulator
