#include "sandbox/api/premierlangage/environments.h"

#include "tests/fakes/temp_dir.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace openfc::sandbox {
namespace {

namespace fs = std::filesystem;
using std::chrono::seconds;
using testing::TempDir;

class EnvironmentsTest : public ::testing::Test {
 protected:
  Environments Open(const ArchiveLimits& limits = {}, std::int64_t full_bytes = 1 << 30) {
    return Environments({.folder = (folder_.path() / "kept").string(),
                         .lifetime = seconds(60),
                         .full_bytes = full_bytes,
                         .limits = limits,
                         .now = [this] { return std::chrono::system_clock::now() + passed_; }});
  }
  Expected<Environments::Saved> Save(const Environments& environments) const {
    return environments.Save(Beneath::Open(home_.path().string()).value());
  }
  std::ptrdiff_t Kept() const {
    return std::distance(fs::directory_iterator(folder_.path() / "kept"), {});
  }

  TempDir folder_;
  TempDir home_;
  seconds passed_{0};
};

TEST(UuidTest, IsWhatPathsHave) {
  EXPECT_TRUE(IsUuid("24df3aec-cb1d-4a6e-b3f7-9f6cd2d512c6"));
  EXPECT_FALSE(IsUuid("24DF3AEC-cb1d-4a6e-b3f7-9f6cd2d512c6"));
  EXPECT_FALSE(IsUuid("24df3aec-cb1d-4a6e-b3f7-9f6cd2d512c"));
  EXPECT_FALSE(IsUuid("24df3aec-cb1d-4a6e-b3f7-9f6cd2d512c6a"));
  EXPECT_FALSE(IsUuid("24df3aecxcb1d-4a6e-b3f7-9f6cd2d512c6"));
  EXPECT_FALSE(IsUuid("24df3aec-cb1d-4a6e-b3f7-9f6cd2d512/6"));
  EXPECT_FALSE(IsUuid(""));
}

TEST_F(EnvironmentsTest, KeepsFoldersForNobodyElse) {
  home_.WriteFile("dir/a.txt", "text");
  const Environments environments = Open();

  const auto saved = Save(environments);

  ASSERT_TRUE(saved) << saved.error().message;
  EXPECT_TRUE(IsUuid(saved->uuid));
  const std::string bytes = environments.Read(saved->uuid).value();
  EXPECT_EQ(environments.SizeOf(saved->uuid), std::ssize(bytes));
  EXPECT_EQ(environments.ReadFile(saved->uuid, "dir/a.txt").value(), "text");
  struct stat about {};
  ASSERT_EQ(::stat((folder_.path() / "kept").c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777U, 0700U);
  EXPECT_TRUE(Open().Has(saved->uuid));
}

TEST_F(EnvironmentsTest, HasOnlyFilesByTheirNames) {
  home_.WriteFile("dir/a.txt", "text");
  fs::create_symlink("dir/a.txt", home_.path() / "link");
  const Environments environments = Open();
  const std::string uuid = Save(environments).value().uuid;

  for (const char* path : {"dir", "dir/", "a.txt", "link", "./dir/a.txt", "", "../kept"}) {
    EXPECT_FALSE(environments.ReadFile(uuid, path)) << path;
  }
  EXPECT_FALSE(environments.ReadFile("24df3aec-cb1d-4a6e-b3f7-9f6cd2d512c6", "dir/a.txt"));
}

TEST_F(EnvironmentsTest, HasNothingByANameThatIsNoUuid) {
  folder_.WriteFile("secret.tgz", "s");
  const Environments environments = Open();

  EXPECT_FALSE(environments.Has("../secret"));
  EXPECT_FALSE(environments.Read("../secret"));
  EXPECT_FALSE(environments.Has(""));
}

TEST_F(EnvironmentsTest, ExpireAndAreRemoved) {
  const Environments environments = Open();
  const auto saved = Save(environments).value();
  EXPECT_GT(saved.expires, std::chrono::system_clock::now() + seconds(50));
  passed_ = seconds(30);
  environments.RemoveExpired();
  EXPECT_TRUE(environments.Has(saved.uuid));

  passed_ = seconds(61);

  EXPECT_FALSE(environments.Has(saved.uuid));
  EXPECT_FALSE(environments.Read(saved.uuid));
  EXPECT_FALSE(environments.ReadFile(saved.uuid, "a"));
  EXPECT_EQ(Kept(), 1);
  environments.RemoveExpired();
  EXPECT_EQ(Kept(), 0);
}

TEST_F(EnvironmentsTest, LeavesNothingOfWhatIsTooMuch) {
  home_.WriteFile("a", "12345");
  const Environments environments = Open({.bytes = 4});

  const auto saved = Save(environments);

  ASSERT_FALSE(saved);
  EXPECT_EQ(saved.error().message, "it holds more than 4 bytes");
  EXPECT_EQ(Kept(), 0);
}

TEST_F(EnvironmentsTest, SaysWhenTheyAreFull) {
  const Environments environments = Open({}, 1);
  EXPECT_FALSE(environments.IsFull());

  ASSERT_TRUE(Save(environments));

  EXPECT_TRUE(environments.IsFull());
}

}  // namespace
}  // namespace openfc::sandbox
