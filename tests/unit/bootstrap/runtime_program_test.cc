#include "bootstrap/rloader/runtime_program.h"

#include "tests/fakes/temp_dir.h"

#include <gmock/gmock.h>

#include <filesystem>

namespace openfc::bootstrap {
namespace {

using openfc::testing::TempDir;
using ::testing::EndsWith;
using ::testing::HasSubstr;

std::string MakeProgram(const TempDir& folder, const std::string& name) {
  const auto path = folder.WriteFile(name, "#!/bin/sh\n");
  std::filesystem::permissions(path, std::filesystem::perms::owner_all);
  return path.string();
}

TEST(FindRuntimeTest, TakesTheOneThatIsWanted) {
  const auto found = FindRuntime("/bin/sh", "/bin/true");

  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(*found, "/bin/sh");
}

TEST(FindRuntimeTest, TakesTheInstalledOneElse) {
  const TempDir folder;
  const std::string installed = MakeProgram(folder, "installed");

  const auto found = FindRuntime("", installed);

  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(*found, installed);
}

TEST(FindRuntimeTest, TakesTheOneBesideOurselvesLast) {
  const auto own = std::filesystem::read_symlink("/proc/self/exe").parent_path() / "bootstrap";

  const auto found = FindRuntime("", "/no/such");

  ASSERT_FALSE(found);
  EXPECT_THAT(found.error().message, HasSubstr("'" + own.string() + "' cannot be found"));
}

TEST(FindRuntimeTest, RefusesWhatCannotBeRun) {
  const TempDir folder;
  const std::string text = folder.WriteFile("text", "").string();

  for (const std::string& path : {std::string("/no/such"), std::string("/usr"), text}) {
    const auto found = FindRuntime(path);

    ASSERT_FALSE(found) << path;
    EXPECT_EQ(found.error().code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(found.error().message, EndsWith("name another with --bootstrap"));
  }
}

TEST(CheckLibrariesTest, SaysNothingWhereAllAreThere) {
  EXPECT_TRUE(CheckLibraries("/proc/self/exe", {}));
}

TEST(CheckLibrariesTest, SaysNothingOfWhatNeedsNone) {
  const TempDir folder;

  EXPECT_TRUE(CheckLibraries(folder.WriteFile("script", "#!/bin/sh\n").string(), {}));
}

TEST(FindProgramLoaderTest, ReadsItOutOfAProgram) {
  const auto loader = FindProgramLoader("/proc/self/exe");

  ASSERT_TRUE(loader);
  EXPECT_TRUE(std::filesystem::exists(*loader)) << *loader;
}

TEST(FindProgramLoaderTest, FindsNoneInWhatIsNoProgram) {
  const TempDir folder;
  const std::string elf(
      "\x7f"
      "ELF\x02",
      5);
  const std::string wild = elf + std::string(200, '\xff');  // Offsets and counts of nonsense.
  for (const std::string& bytes : {std::string(), std::string("#!/bin/sh\n"), elf, wild,
                                   elf + std::string(200, '\0'), std::string(5000, 'x')}) {
    EXPECT_EQ(FindProgramLoader(folder.WriteFile("program", bytes).string()), std::nullopt);
  }
  EXPECT_EQ(FindProgramLoader("/no/such"), std::nullopt);
  EXPECT_EQ(FindProgramLoader("/usr"), std::nullopt);
}

TEST(DescribeMissingLibraryTest, SaysHowToGetPythonsLibrary) {
  EXPECT_EQ(DescribeMissingLibrary(
                "/b",
                "/b: error while loading shared libraries: libpython3.12.so.1.0: cannot open "
                "shared object file: No such file or directory\n"),
            "the runtime '/b' needs the shared library libpython3.12.so.1.0, which is not on this "
            "machine: install Python 3.12 with its library (Debian: apt-get install "
            "libpython3.12)");
}

TEST(DescribeMissingLibraryTest, NamesAnyOtherLibrary) {
  EXPECT_EQ(DescribeMissingLibrary("/b", "/b: error while loading shared libraries: libz.so.1: x"),
            "the runtime '/b' needs the shared library libz.so.1, which is not on this machine: "
            "install the package that has it");
}

TEST(DescribeMissingLibraryTest, PassesOnWhatItDoesNotKnow) {
  EXPECT_EQ(DescribeMissingLibrary("/b", "/b: version `GLIBC_9' not found\nmore\n"),
            "the runtime '/b' cannot be loaded on this machine: /b: version `GLIBC_9' not found");
  EXPECT_EQ(DescribeMissingLibrary("/b", ""),
            "the runtime '/b' cannot be loaded on this machine: no reason given");
}

}  // namespace
}  // namespace openfc::bootstrap
