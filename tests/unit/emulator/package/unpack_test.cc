#include "emulator/package/unpack.h"

#include "tests/fakes/temp_dir.h"
#include "tests/unit/emulator/package/zip_writer.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <iterator>

namespace openfc::emulator {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class UnpackTest : public ::testing::Test {
 protected:
  fs::path Out(const std::string& name) const { return folder_.path() / "outer" / "out" / name; }
  std::string Zip() const { return (folder_.path() / "x.zip").string(); }

  /// "ok", or why not.
  std::string Unpacked(ZipWriter& zip, const UnpackLimits& limits = {}) {
    return UnpackedFile(zip.WriteTo(Zip()), limits);
  }
  std::string UnpackedFile(const std::string& path, const UnpackLimits& limits = {}) {
    fs::remove_all(Out(""));
    fs::create_directories(Out(""));
    const Status done = Unpack(path, Out("").parent_path().string(), limits);
    return done ? "ok" : done.error().message;
  }

  std::string Text(const std::string& name) const {
    std::ifstream file(Out(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  unsigned Mode(const std::string& name) const {
    struct stat status {};
    EXPECT_EQ(::stat(Out(name).c_str(), &status), 0) << name;
    return status.st_mode & 07777U;
  }

  openfc::testing::TempDir folder_;
};

TEST_F(UnpackTest, MakesFilesFoldersAndLinks) {
  ZipWriter zip;
  zip.Folder("empty/").File("a.txt", "a").File("deep/er/b.bin", std::string("\0\xff", 2));
  zip.Link("deep/link", "er/b.bin").File("caf\xC3\xA9.txt", "c").File("nothing", "");

  ASSERT_EQ(Unpacked(zip), "ok");

  EXPECT_TRUE(fs::is_directory(Out("empty")));
  EXPECT_EQ(Text("a.txt"), "a");
  EXPECT_EQ(Text("deep/er/b.bin"), std::string("\0\xff", 2));
  EXPECT_EQ(fs::read_symlink(Out("deep/link")), "er/b.bin");
  EXPECT_EQ(Text("caf\xC3\xA9.txt"), "c");
  EXPECT_EQ(fs::file_size(Out("nothing")), 0U);
}

TEST_F(UnpackTest, KeepsModesWhateverTheUmask) {
  ZipWriter zip;
  zip.File("run", "", 0100755).File("read", "", 0100444).File("odd", "", 0100073);
  zip.File("setuid", "", 0104755).Folder("shut/", 040500).File("shut/in", "x");
  const mode_t before = ::umask(077);

  const std::string said = Unpacked(zip);

  ::umask(before);
  ASSERT_EQ(said, "ok");
  EXPECT_EQ(Mode("run"), 0755U);
  EXPECT_EQ(Mode("read"), 0644U);
  EXPECT_EQ(Mode("odd"), 0673U);
  EXPECT_EQ(Mode("setuid"), 0755U);
  EXPECT_EQ(Mode("shut"), 0700U);
  EXPECT_EQ(Text("shut/in"), "x");
}

TEST_F(UnpackTest, ReadsWhatToolsCompress) {
  const std::string script =
      "import sys, zipfile\n"
      "with zipfile.ZipFile(sys.argv[1], 'w', zipfile.ZIP_DEFLATED) as z:\n"
      "    z.writestr('big.txt', 'line\\n' * 100000)\n"
      "    z.writestr('pkg/index.py', 'x = 1\\n')\n";
  folder_.WriteFile("make.py", script);
  ASSERT_EQ(std::system(("python3 " + (folder_.path() / "make.py").string() + " " + Zip()).c_str()),
            0);

  ASSERT_EQ(UnpackedFile(Zip()), "ok");

  EXPECT_EQ(fs::file_size(Out("big.txt")), 500000U);
  EXPECT_EQ(Text("pkg/index.py"), "x = 1\n");
}

struct Escape {
  const char* name;
  void (*fill)(ZipWriter&);
  const char* why;
};
class EscapeTest : public UnpackTest, public ::testing::WithParamInterface<Escape> {};

TEST_P(EscapeTest, IsRefusedAndWritesNothingOutside) {
  ZipWriter zip;
  GetParam().fill(zip);

  EXPECT_THAT(Unpacked(zip),
              AllOf(StartsWith("cannot unpack '" + Zip() + "': "), HasSubstr(GetParam().why)));
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_.path() / "outer"), {}), 1);
}

INSTANTIATE_TEST_SUITE_P(
    Some, EscapeTest,
    ::testing::Values(
        Escape{"DotDot", [](ZipWriter& zip) { zip.File("../out.txt", "x"); },
               "its entry '../out.txt' would leave the folder by .."},
        Escape{"DotDotInside", [](ZipWriter& zip) { zip.File("a/../../x", "x"); },
               "would leave the folder by .."},
        Escape{"Absolute", [](ZipWriter& zip) { zip.File("/tmp/openfc-x", "x"); },
               "its entry '/tmp/openfc-x' has an absolute path"},
        Escape{"FolderOutside", [](ZipWriter& zip) { zip.Folder("../new/"); },
               "would leave the folder by .."},
        Escape{"LinkToAbsolute", [](ZipWriter& zip) { zip.Link("etc", "/etc"); },
               "its entry 'etc' is a link out of the folder, to '/etc'"},
        Escape{"LinkUp", [](ZipWriter& zip) { zip.Link("a/up", "../../x"); },
               "is a link out of the folder"},
        Escape{"LinkToTheParent", [](ZipWriter& zip) { zip.Link("up", ".."); },
               "is a link out of the folder"},
        Escape{"LinkOverALink",
               [](ZipWriter& zip) {
                 zip.Folder("a/b/").Link("a/b/top", "../..").Link("out", "a/b/top/../x");
               },
               "is a link out of the folder"},
        Escape{
            "LinkOverADanglingLink",
            [](ZipWriter& zip) {
              zip.Folder("a/b/").Link("a/b/later", "../../later").Link("out", "a/b/later/../../x");
            },
            "its entry 'out' is a link out of the folder"},
        Escape{"LinkInACircle", [](ZipWriter& zip) { zip.Link("a", "b").Link("b", "a"); },
               "is a link out of the folder"},
        Escape{"FileThroughALink", [](ZipWriter& zip) { zip.Link("a", "..").File("a/x.txt", "x"); },
               "is there twice"},
        Escape{"LinkThenFile", [](ZipWriter& zip) { zip.Link("a", "../x").File("a", "x"); },
               "is there twice"}),
    [](const auto& escape) { return std::string(escape.param.name); });

TEST_F(UnpackTest, LetsLinksLeadAnywhereInside) {
  ZipWriter zip;
  zip.File("a/b/file", "x").Link("a/b/top", "../..").Link("way", "a/b/top/a/b/file");
  zip.Link("dangling", "not/there").Link("self", ".");

  ASSERT_EQ(Unpacked(zip), "ok");

  EXPECT_EQ(Text("way"), "x");
  EXPECT_EQ(fs::read_symlink(Out("dangling")), "not/there");
}

TEST_F(UnpackTest, RefusesWhatIsThereTwice) {
  ZipWriter files;
  files.File("a", "1").File("./a", "2");
  EXPECT_THAT(Unpacked(files), HasSubstr("its entry './a' is there twice"));

  ZipWriter folders;
  folders.Folder("a/").Folder("a/").File("a/x", "");
  EXPECT_EQ(Unpacked(folders), "ok") << "a folder may be named as often as one likes";

  ZipWriter below;
  below.File("a", "1").File("a/b", "2");
  EXPECT_THAT(Unpacked(below), HasSubstr("its entry 'a/b' lies below a file"));
}

TEST_F(UnpackTest, CountsWhatComesOut) {
  ZipWriter zip;
  zip.File("a", std::string(3 << 20, 'x')).File("b", std::string(1 << 20, 'x'));

  EXPECT_EQ(Unpacked(zip, {.bytes = 4 << 20}), "ok");
  EXPECT_THAT(Unpacked(zip, {.bytes = (4 << 20) - 1}),
              HasSubstr("it holds more than 3 MB, the platform's limit"));
  EXPECT_EQ(Unpacked(zip, {.entries = 2}), "ok");
  EXPECT_THAT(Unpacked(zip, {.entries = 1}), HasSubstr("it holds more than 1 entries"));
}

TEST_F(UnpackTest, RefusesWhatIsNoZip) {
  folder_.WriteFile("x.zip", "#!/bin/sh\n");
  EXPECT_THAT(UnpackedFile(Zip()), HasSubstr("it is no zip, or is damaged"));

  folder_.WriteFile("x.zip", "");
  EXPECT_THAT(UnpackedFile(Zip()), HasSubstr("it is no zip, or is damaged"));

  EXPECT_THAT(UnpackedFile(Zip() + ".none"), HasSubstr("it cannot be read: No such file"));
}

TEST_F(UnpackTest, NoticesBytesThatWereDamaged) {
  ZipWriter zip;
  std::string bytes = zip.File("a", "contents").Bytes();
  bytes[bytes.find("contents")] = 'k';
  folder_.WriteFile("x.zip", bytes);

  EXPECT_THAT(UnpackedFile(Zip()), HasSubstr("is damaged"));
}

TEST_F(UnpackTest, SurvivesEveryCut) {
  ZipWriter zip;
  const std::string bytes = zip.File("a/b", "contents").Link("l", "a/b").Bytes();
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    folder_.WriteFile("x.zip", bytes.substr(0, length));
    EXPECT_NE(UnpackedFile(Zip()), "ok") << length;
  }
}

}  // namespace
}  // namespace openfc::emulator
