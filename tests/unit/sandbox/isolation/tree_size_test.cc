#include "sandbox/isolation/tree_size.h"

#include "tests/fakes/temp_dir.h"
#include "tests/unit/sandbox/isolation/in_child.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>

namespace openfc::sandbox {
namespace {

namespace fs = std::filesystem;
using testing::TempDir;

TEST(MeasureTreeTest, CountsBytesThatAreTaken) {
  const TempDir folder;
  folder.WriteFile("a/file", std::string(100'000, 'x'));
  const fs::path sparse = folder.WriteFile("sparse", "");
  fs::resize_file(sparse, 1ULL << 40U);

  const TreeSize size = MeasureTree(folder.path().string(), 100);

  EXPECT_EQ(size.files, 3);
  EXPECT_GE(size.bytes, 100'000);
  EXPECT_LT(size.bytes, 1'000'000);
}

TEST(MeasureTreeTest, StopsCountingAtSomePoint) {
  const TempDir folder;
  for (int i = 0; i < 20; ++i) folder.WriteFile("f" + std::to_string(i), "");

  EXPECT_EQ(MeasureTree(folder.path().string(), 7).files, 7);
}

class ShutFolderTest : public ::testing::Test {
 protected:
  ShutFolderTest() {
    folder_.WriteFile("a/shut/file", std::string(100'000, 'x'));
    folder_.WriteFile("a/shut/below/file", std::string(100'000, 'x'));
    tree_ = (folder_.path() / "a").string();
    shut_ = (folder_.path() / "a/shut").string();
  }
  ~ShutFolderTest() override { ::chmod(shut_.c_str(), 0700); }

  /// As somebody to whom a folder can be shut.
  template <typename Test>
  int AsSomebody(Test test) const {
    return InChild([&] {
      if (::getuid() == 0 && ::setuid(kSomebody) != 0) return 200;
      return test() ? 0 : 1;
    });
  }
  void GiveToSomebody() const {
    if (::getuid() != 0) return;
    for (const auto& entry : fs::recursive_directory_iterator(folder_.path())) {
      ASSERT_EQ(::chown(entry.path().c_str(), kSomebody, kSomebody), 0);
    }
    ASSERT_EQ(::chmod(folder_.path().c_str(), 0755), 0);
  }

  static constexpr uid_t kSomebody = 65534;
  TempDir folder_;
  std::string tree_;
  std::string shut_;
};

TEST_F(ShutFolderTest, IsLookedIntoAndStaysShut) {
  GiveToSomebody();
  for (const mode_t mode : {0000U, 0300U, 0400U, 0100U, 01200U}) {
    ASSERT_EQ(::chmod(shut_.c_str(), mode), 0);

    EXPECT_EQ(AsSomebody([&] {
                const TreeSize size = MeasureTree(tree_, 100);
                return size.files == 4 && size.bytes >= 200'000;
              }),
              0)
        << mode;
    struct stat about {};
    ASSERT_EQ(::stat(shut_.c_str(), &about), 0);
    EXPECT_EQ(about.st_mode & 07777U, mode);
  }
}

TEST_F(ShutFolderTest, IsLookedIntoWhereItIsTheTree) {
  GiveToSomebody();
  ASSERT_EQ(::chmod(shut_.c_str(), 0), 0);

  EXPECT_EQ(AsSomebody([&] { return MeasureTree(shut_, 100).files == 3; }), 0);
}

TEST_F(ShutFolderTest, CountsAsFullWhenItIsSomebodyElses) {
  if (::getuid() != 0) GTEST_SKIP() << "becomes another user: needs root";
  ASSERT_EQ(::chmod(folder_.path().c_str(), 0755), 0);
  ASSERT_EQ(::chmod(shut_.c_str(), 0700), 0);

  EXPECT_EQ(AsSomebody([&] { return MeasureTree(tree_, 100).files == 100; }), 0);
}

TEST(MeasureTreeTest, HasNothingWhereNothingIs) {
  const TempDir folder;

  EXPECT_EQ(MeasureTree((folder.path() / "none").string(), 100).files, 0);
}

}  // namespace
}  // namespace openfc::sandbox
