#include "sandbox/workspace/pack.h"

#include "runtime/archive/archive_reader.h"
#include "sandbox/workspace/unpack.h"
#include "tests/fakes/temp_dir.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace openfc::sandbox {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using testing::TempDir;

class PackFolderTest : public ::testing::Test {
 protected:
  /// The packed folder's names, one a line, or why it cannot be packed.
  std::string Packed(const ArchiveLimits& limits = {}) {
    const std::string path = (out_.path() / "x.tgz").string();
    {
      const UniqueFd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
      const Status done =
          PackFolder(Beneath::Open(home_.path().string()).value(), file.get(), limits);
      if (!done) return done.error().message;
    }
    std::ifstream file(path, std::ios::binary);
    bytes_.assign(std::istreambuf_iterator<char>(file), {});
    auto reader = ArchiveReader::OpenBytes(bytes_).value();
    std::string names;
    while (true) {
      const auto entry = reader->Next();
      if (!entry) return entry.error().message;
      if (!*entry) return names;
      names += (*entry)->name + "\n";
    }
  }

  TempDir home_;
  TempDir out_;
  std::string bytes_;
};

TEST_F(PackFolderTest, HoldsEverythingInOrder) {
  home_.WriteFile("file1.txt", "1");
  home_.WriteFile("dir/file2.txt", "2");
  home_.WriteFile("dir/.hidden", "3");
  fs::create_directory(home_.path() / "empty");

  EXPECT_EQ(Packed(), "dir/\ndir/.hidden\ndir/file2.txt\nempty/\nfile1.txt\n");
}

TEST_F(PackFolderTest, ComesBackAsItWas) {
  home_.WriteFile("a", std::string(200'000, 'x'));
  fs::permissions(home_.path() / "a", fs::perms(0750));
  home_.WriteFile("d/" + std::string(120, 'n'), "long");
  fs::create_symlink("/usr/bin/python3", home_.path() / "py");
  ASSERT_NE(Packed(), "");
  const TempDir copy;

  const Status done = UnpackArchive(bytes_, Beneath::Open(copy.path().string()).value(),
                                    {.owner = ::geteuid(), .links_out = LinksOut::kKeep});

  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(fs::file_size(copy.path() / "a"), 200'000U);
  EXPECT_EQ(fs::status(copy.path() / "a").permissions(), fs::perms(0750));
  EXPECT_TRUE(fs::exists(copy.path() / "d" / std::string(120, 'n')));
  EXPECT_EQ(fs::read_symlink(copy.path() / "py"), "/usr/bin/python3");
}

TEST_F(PackFolderTest, NeverReadsWhatLinksLeadTo) {
  const TempDir secrets;
  secrets.WriteFile("key", "secret");
  fs::create_symlink(secrets.path(), home_.path() / "folder");
  fs::create_symlink(secrets.path() / "key", home_.path() / "key");
  ASSERT_EQ(::mkfifo((home_.path() / "pipe").c_str(), 0600), 0);

  EXPECT_EQ(Packed(), "folder\nkey\n");

  EXPECT_THAT(bytes_, Not(HasSubstr("secret")));
}

TEST_F(PackFolderTest, StopsAtItsLimits) {
  home_.WriteFile("a", "123");
  home_.WriteFile("b", "45");

  EXPECT_EQ(Packed({.entries = 2, .bytes = 5}), "a\nb\n");
  EXPECT_EQ(Packed({.entries = 1}), "it holds more than 1 entries");
  EXPECT_EQ(Packed({.bytes = 4}), "it holds more than 4 bytes");
}

TEST_F(PackFolderTest, PacksNoDeeperThanCanBeUnpacked) {
  home_.WriteFile("a/b/c", "");

  EXPECT_EQ(Packed({.depth = 3}), "a/\na/b/\na/b/c\n");
  EXPECT_EQ(Packed({.depth = 2}), "'a/b/c...' lies too deep");
  EXPECT_EQ(Packed({.name_bytes = 4}), "'a/b/c...' lies too deep");
  const UnpackOptions same{.owner = ::geteuid(), .limits = {.depth = 3}};
  ASSERT_NE(Packed({.depth = 3}), "");
  EXPECT_TRUE(UnpackArchive(bytes_, Beneath::Open(out_.path().string()).value(), same));
}

TEST_F(PackFolderTest, CountsWhatASparseFileClaims) {
  home_.WriteFile("a", "");
  fs::resize_file(home_.path() / "a", std::uintmax_t{1} << 40U);

  EXPECT_EQ(Packed(), "it holds more than 134217728 bytes");
}

TEST_F(PackFolderTest, IsEmptyWhenTheFolderIs) { EXPECT_EQ(Packed(), ""); }

}  // namespace
}  // namespace openfc::sandbox
