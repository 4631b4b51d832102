#include "sandbox/workspace/unpack.h"

#include "runtime/archive/archive_writer.h"
#include "tests/fakes/temp_dir.h"
#include "tests/unit/emulator/package/zip_writer.h"
#include "tests/unit/sandbox/workspace/tar_writer.h"

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
using ::testing::StartsWith;
using testing::TarWriter;
using testing::TempDir;

std::string ReadAll(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class UnpackArchiveTest : public ::testing::Test {
 protected:
  UnpackArchiveTest() { fs::create_directory(Out()); }

  fs::path Out() const { return folder_.path() / "home"; }
  std::string Text(const std::string& name) const { return ReadAll(Out() / name); }
  unsigned Mode(const std::string& name) const {
    struct stat about {};
    EXPECT_EQ(::stat((Out() / name).c_str(), &about), 0) << name;
    return about.st_mode & 07777U;
  }

  /// "ok", or why not.
  std::string Unpacked(const std::string& bytes, UnpackOptions options = {}) const {
    if (options.owner == 0) options.owner = ::geteuid();
    const Beneath folder = Beneath::Open(Out().string()).value();
    const Status done = UnpackArchive(bytes, folder, options);
    return done ? "ok" : done.error().message;
  }
  std::string Unpacked(const TarWriter& tar, const UnpackOptions& options = {}) const {
    return Unpacked(tar.bytes(), options);
  }

  /// Nothing was made beside the folder.
  bool IsAloneBelow() const {
    return std::distance(fs::directory_iterator(folder_.path()), {}) == 1;
  }

  TempDir folder_;
};

TEST_F(UnpackArchiveTest, MakesFilesFoldersAndLinks) {
  TarWriter tar;
  tar.Folder("/", 0700).Folder("empty/", 0500).File("./a.txt", "a", 04755);
  tar.File("deep/er/b.bin", std::string("\0\xff", 2), 0).Link("deep/link", "er/b.bin");
  tar.HardLink("same", "a.txt").File("caf\xC3\xA9", "c");

  ASSERT_EQ(Unpacked(tar), "ok");

  EXPECT_EQ(Text("a.txt"), "a");
  EXPECT_EQ(Mode("a.txt"), 0755U);
  EXPECT_EQ(Text("deep/er/b.bin"), std::string("\0\xff", 2));
  EXPECT_EQ(Mode("deep/er/b.bin"), 0600U);
  EXPECT_EQ(Mode("empty"), 0700U);
  EXPECT_EQ(Mode("deep"), 0755U);
  EXPECT_EQ(fs::read_symlink(Out() / "deep/link"), "er/b.bin");
  EXPECT_TRUE(fs::equivalent(Out() / "same", Out() / "a.txt"));
  EXPECT_EQ(Text("caf\xC3\xA9"), "c");
}

TEST_F(UnpackArchiveTest, ReadsZipsToo) {
  emulator::ZipWriter zip;
  zip.File("a/b", "text").Link("link", "a/b");
  const auto path = (folder_.path() / "home/x.zip").string();
  const std::string bytes = ReadAll(zip.WriteTo(path));

  ASSERT_EQ(Unpacked(bytes), "ok");

  EXPECT_EQ(Text("a/b"), "text");
  EXPECT_EQ(Text("link"), "text");
}

TEST_F(UnpackArchiveTest, AnEmptyTarIsOneAndNoBytesAreNone) {
  EXPECT_EQ(Unpacked(TarWriter()), "ok");
  EXPECT_THAT(Unpacked(""), StartsWith("it is no tar or zip"));
  EXPECT_THAT(Unpacked("definitely not a tar"), StartsWith("it is no tar or zip"));
}

struct Hostile {
  const char* what;
  TarWriter tar;
  const char* sentence;
};

TEST_F(UnpackArchiveTest, RefusesWhatWouldLeaveTheFolderWithItsName) {
  const Hostile kTable[] = {
      {"dots", TarWriter().File("../evil", "e"), "its entry '../evil' would leave"},
      {"dots within", TarWriter().File("a/../../evil", "e"), "its entry 'a/../../evil' would"},
      {"absolute", TarWriter().File("/evil", "e"), "its entry '/evil' has an absolute path"},
      {"absolute folder", TarWriter().Folder("/etc/"), "its entry '/etc/' has an absolute path"},
      {"link up", TarWriter().Link("l", ".."),
       "its entry 'l' is a link out of the folder, to '..'"},
      {"absolute link", TarWriter().Link("l", "/etc/passwd"), "is a link out"},
      {"deep link", TarWriter().Link("a/b/l", "../../../x"), "its entry 'a/b/l' is a link out"},
      {"link by a link", TarWriter().Link("s/l", ".").Link("o", "s/l/../.."),
       "its entry 'o' is a link out"},
      {"write through a link", TarWriter().Link("l", "..").File("l/evil", "e"), "is a link out"},
      {"write through a link inside", TarWriter().Folder("d").Link("l", "d").File("l/evil", "e"),
       "its entry 'l' lies where a folder is"},
      {"hard link out", TarWriter().HardLink("h", "../secret"),
       "its entry 'h' is a hard link to '../secret', which is no file that came before it"},
      {"absolute hard link", TarWriter().HardLink("h", "/etc/passwd"), "'h' is a hard link to"},
      {"hard link to a link", TarWriter().Link("l", "x").HardLink("h", "l"), "is a hard link to"},
      {"hard link to nothing", TarWriter().HardLink("h", "h"), "'h' is a hard link to 'h'"},
      {"hard link to a folder", TarWriter().Folder("d").HardLink("h", "d"), "is a hard link to"},
      {"device", TarWriter().Special('3', "zero"), "its entry 'zero' is neither a file nor"},
      {"block device", TarWriter().Special('4', "sda"), "its entry 'sda' is neither a file nor"},
      {"pipe", TarWriter().Special('6', "pipe"), "its entry 'pipe' is neither a file nor"},
      {"twice", TarWriter().File("a", "1").File("./a", "2"), "its entry './a' is there twice"},
      {"file and link", TarWriter().File("a", "1").Link("a", "b"), "its entry 'a' is there twice"},
      {"two links", TarWriter().Link("a", "b").Link("a", "c"), "its entry 'a' is there twice"},
      {"below a file", TarWriter().File("a", "1").File("a/b", "2"),
       "its entry 'a/b' lies below a file or a link"},
      {"folder on a file", TarWriter().File("a", "1").Folder("a"), "lies below a file or a link"},
      {"file on a folder", TarWriter().Folder("a/b").File("a", "1"), "'a' lies where a folder is"},
      {"no name", TarWriter().File("", "1"), "its entry '' has no name"},
  };
  for (const Hostile& hostile : kTable) {
    fs::remove_all(Out());
    fs::create_directory(Out());

    EXPECT_THAT(Unpacked(hostile.tar), HasSubstr(hostile.sentence)) << hostile.what;
    EXPECT_TRUE(IsAloneBelow()) << hostile.what;
  }
}

TEST_F(UnpackArchiveTest, WritesNotThroughALinkThatTheCodeHasMade) {
  fs::create_symlink("..", Out() / "up");
  fs::create_symlink("../evil", Out() / "file");
  const UnpackOptions replaces{.on_existing = OnExisting::kReplace};

  EXPECT_THAT(Unpacked(TarWriter().File("up/evil", "e"), replaces),
              HasSubstr("'up/evil' lies below a file or a link"));
  EXPECT_EQ(Unpacked(TarWriter().File("file", "e"), replaces), "ok");

  EXPECT_TRUE(IsAloneBelow());
  EXPECT_TRUE(fs::is_regular_file(fs::symlink_status(Out() / "file")));
}

TEST_F(UnpackArchiveTest, ReplacesWhatIsThereOnlyWhenAsked) {
  ASSERT_EQ(Unpacked(TarWriter().File("a", "1").File("d/b", "1").Link("l", "a")), "ok");
  const TarWriter second = TarWriter().File("a", "2").File("d/c", "2").File("l", "2");

  EXPECT_THAT(Unpacked(second), HasSubstr("'a' is there already"));
  ASSERT_EQ(Unpacked(second, {.on_existing = OnExisting::kReplace}), "ok");

  EXPECT_EQ(Text("a"), "2");
  EXPECT_EQ(Text("d/b"), "1");
  EXPECT_EQ(Text("d/c"), "2");
  EXPECT_EQ(Text("l"), "2");
}

TEST_F(UnpackArchiveTest, KeepsLinksOutForWhomItIsToldTo) {
  const UnpackOptions keeps{.links_out = LinksOut::kKeep};

  ASSERT_EQ(Unpacked(TarWriter().Link("py", "/usr/bin/python3").Link("up", "../.."), keeps), "ok");

  EXPECT_EQ(fs::read_symlink(Out() / "py"), "/usr/bin/python3");
  EXPECT_EQ(fs::read_symlink(Out() / "up"), "../..");
}

TEST_F(UnpackArchiveTest, StopsAtItsLimits) {
  const auto limited = [this](const TarWriter& tar, const ArchiveLimits& limits) {
    fs::remove_all(Out());
    fs::create_directory(Out());
    return Unpacked(tar, {.limits = limits});
  };
  const TarWriter three = TarWriter().File("a", "12").File("b", "34").File("c", "5");

  EXPECT_EQ(limited(three, {.entries = 3, .bytes = 5}), "ok");
  EXPECT_EQ(limited(three, {.entries = 2}), "it holds more than 2 entries");
  EXPECT_EQ(limited(three, {.bytes = 4}), "it holds more than 4 bytes");
  EXPECT_EQ(limited(TarWriter().File("a/b/c/d", ""), {.entries = 3}),
            "it holds more than 3 entries");
}

TEST_F(UnpackArchiveTest, StopsWhenFarMoreComesOutThanWentIn) {
  const std::string path = (Out() / "bomb.tgz").string();
  {
    const UniqueFd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    auto writer = ArchiveWriter::Open(file.get()).value();
    const std::string zeros(4'000'000, '\0');
    ASSERT_TRUE(writer->Add({.name = "z", .size = std::ssize(zeros)}));
    ASSERT_TRUE(writer->Write(zeros));
    ASSERT_TRUE(writer->Finish());
  }
  const std::string bytes = ReadAll(path);
  fs::remove(path);

  EXPECT_EQ(Unpacked(bytes, {.limits = {.ratio = 100, .free_bytes = 1 << 20}}),
            "more than 100 times as many bytes come out as went in");
  fs::remove(Out() / "z");
  EXPECT_EQ(Unpacked(bytes), "ok");
}

TEST_F(UnpackArchiveTest, TakesNoNameThatIsTooLongOrTooDeep) {
  std::string deep;
  for (int i = 0; i < 65; ++i) deep += "a/";
  emulator::ZipWriter zip;
  zip.File(deep + "x", "");
  emulator::ZipWriter wide;
  wide.File(std::string(1025, 'n'), "");
  const std::string deep_bytes = ReadAll(zip.WriteTo((folder_.path() / "home/d.zip").string()));
  const std::string wide_bytes = ReadAll(wide.WriteTo((folder_.path() / "home/w.zip").string()));

  EXPECT_THAT(Unpacked(deep_bytes), HasSubstr("lies too deep"));
  EXPECT_THAT(Unpacked(wide_bytes), HasSubstr("nnn...' has too long a name"));
}

TEST_F(UnpackArchiveTest, GivesAllToItsOwner) {
  if (::geteuid() != 0) GTEST_SKIP() << "gives files away: needs root";
  constexpr uid_t kOwner = 60'707;
  TarWriter tar;
  tar.File("a/b", "1").Link("l", "a").Folder("f");

  ASSERT_EQ(Unpacked(tar, {.owner = kOwner}), "ok");

  for (const char* name : {"a", "a/b", "l", "f"}) {
    struct stat about {};
    ASSERT_EQ(::lstat((Out() / name).c_str(), &about), 0);
    EXPECT_EQ(about.st_uid, kOwner) << name;
    EXPECT_EQ(about.st_gid, kOwner) << name;
  }
}

}  // namespace
}  // namespace openfc::sandbox
