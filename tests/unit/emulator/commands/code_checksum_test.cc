#include "emulator/commands/code_checksum.h"

#include "tests/fakes/temp_dir.h"

#include <gtest/gtest.h>

#include <filesystem>

namespace openfc::emulator {
namespace {

class CodeChecksumTest : public ::testing::Test {
 protected:
  CodeChecksumTest() {
    folder_.WriteFile("index.py", "code");
    folder_.WriteFile("lib/part.py", "more");
  }
  std::string Sum() const { return CodeChecksum(folder_.path().string()); }

  openfc::testing::TempDir folder_;
};

TEST_F(CodeChecksumTest, IsThatOfAPackagesBytes) {
  const auto package = folder_.WriteFile("code.zip", "123456789");

  EXPECT_EQ(CodeChecksum(package.string()), "11051210869376104954");
}

TEST_F(CodeChecksumTest, ChangesWithContentsAndNames) {
  const std::string before = Sum();

  folder_.WriteFile("lib/part.py", "mode");
  const std::string changed = Sum();
  folder_.WriteFile("lib/part.py", "more");
  const std::string back = Sum();
  std::filesystem::rename(folder_.path() / "index.py", folder_.path() / "main.py");

  EXPECT_NE(changed, before);
  EXPECT_EQ(back, before);
  EXPECT_NE(Sum(), before);
}

TEST_F(CodeChecksumTest, IsTheSameWhateverIsNoCode) {
  const std::string before = Sum();

  folder_.WriteFile("__pycache__/index.cpython-311.pyc", "compiled");
  folder_.WriteFile(".fclocal/tasks.db", "state");

  EXPECT_EQ(Sum(), before);
}

TEST_F(CodeChecksumTest, IsNoneOfWhatIsTooLarge) {
  std::filesystem::resize_file(folder_.WriteFile("data", ""), (64U << 20U) + 1);

  EXPECT_EQ(Sum(), "");
  EXPECT_EQ(CodeChecksum((folder_.path() / "data").string()), "");
}

TEST_F(CodeChecksumTest, IsNoneOfNothing) { EXPECT_EQ(CodeChecksum("/no/such"), ""); }

}  // namespace
}  // namespace openfc::emulator
