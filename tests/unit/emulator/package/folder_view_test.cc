#include "emulator/package/folder_view.h"

#include "tests/fakes/temp_dir.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace openfc::emulator {
namespace {

class FolderViewTest : public ::testing::Test {
 protected:
  FolderViewTest() {
    folder_.WriteFile("code/file", "code");
    folder_.WriteFile("layers/file", "layers");
    std::filesystem::permissions(folder_.path(), std::filesystem::perms(0755));
  }

  std::string Path(const std::string& name) const { return (folder_.path() / name).string(); }

  openfc::testing::TempDir folder_;
};

TEST_F(FolderViewTest, ShowsWhatItSays) {
  const FolderView view = ViewOf(Path("code"), Path("layers"));
  if (!view.why_not.empty()) GTEST_SKIP() << "no mounts can be made here: " << view.why_not;
  ChildCommand command{.program = "/bin/sh",
                       .arguments = {"-c", "cat \"$1/file\" \"$2/file\" > \"$1/said\"", "sh",
                                     view.code_path, *view.layer_path},
                       .environment = {"PATH=/usr/bin:/bin"}};
  command.bind_mounts = view.mounts;

  const auto child = StartChild(command);

  ASSERT_TRUE(child) << child.error().message;
  ASSERT_TRUE((*child)->Await(Deadline::After(std::chrono::seconds(30))));
  std::ifstream said(Path("code/said"));
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(said), {}), "codelayers");
  EXPECT_EQ(view.code_path, "/code");
  EXPECT_EQ(view.layer_path, "/opt");
}

TEST_F(FolderViewTest, LeavesOptAloneWithoutLayers) {
  const FolderView view = ViewOf(Path("code"), std::nullopt);
  if (!view.why_not.empty()) GTEST_SKIP() << "no mounts can be made here: " << view.why_not;

  EXPECT_EQ(view.mounts.size(), 1U);
  EXPECT_EQ(view.layer_path, std::nullopt);
}

TEST_F(FolderViewTest, SaysWhereTheFoldersAreWhenTheyCannotBeMounted) {
  const FolderView view = ViewOf(Path("none"), Path("layers"));

  EXPECT_TRUE(view.mounts.empty());
  EXPECT_EQ(view.code_path, Path("none"));
  EXPECT_EQ(view.layer_path, Path("layers"));
  EXPECT_THAT(view.why_not, ::testing::HasSubstr("cannot show '" + Path("none") + "'"));
}

TEST_F(FolderViewTest, KnowsTheSearchPathsThatALayerHas) {
  for (const auto* name : {"bin", "python", "java/lib"}) {
    std::filesystem::create_directories(folder_.path() / "layers" / name);
  }
  folder_.WriteFile("layers/lib", "a file");

  const auto paths = SearchPathsOf("/opt", Path("layers"));

  ASSERT_EQ(paths.size(), 3U);
  EXPECT_EQ(paths[0].variable + "=" + paths[0].path, "PATH=/opt/bin");
  EXPECT_EQ(paths[1].variable + "=" + paths[1].path, "PYTHONPATH=/opt/python");
  EXPECT_EQ(paths[2].variable + "=" + paths[2].path, "CLASSPATH=/opt/java/lib/*");
}

TEST_F(FolderViewTest, HasNoSearchPathsOfAnEmptyLayer) {
  EXPECT_TRUE(SearchPathsOf("/opt", Path("none")).empty());
}

}  // namespace
}  // namespace openfc::emulator
