#include "emulator/package_paths.h"

#include "tests/fakes/temp_dir.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

namespace openfc::emulator {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

class PackagePathsTest : public ::testing::Test {
 protected:
  Variables Added(Variables environment) const {
    AddPackagePaths(code_, environment);
    return environment;
  }

  openfc::testing::TempDir folder_;
  const std::string code_ = folder_.path().string();
};

TEST_F(PackagePathsTest, AreNotToldWhereThereAreNoPackages) {
  EXPECT_THAT(Added({}), IsEmpty());
  EXPECT_THAT(Added({{"PATH", "/bin"}}), ElementsAre(Pair("PATH", "/bin")));
}

TEST_F(PackagePathsTest, AreToldToPythonAndToWhoLooksForPrograms) {
  folder_.WriteFile(".s/python/bin/flask", "");
  folder_.WriteFile("node_modules/.bin/tsc", "");

  EXPECT_THAT(
      Added({{"PATH", "/bin"}}),
      ElementsAre(Pair("PATH", code_ + "/.s/python/bin:" + code_ + "/node_modules/.bin:/bin"),
                  Pair("PYTHONUSERBASE", code_ + "/.s/python")));
  EXPECT_EQ(Added({})["PATH"], code_ + "/.s/python/bin:" + code_ + "/node_modules/.bin");
}

TEST_F(PackagePathsTest, LeaveTheDevelopersOwnUserBase) {
  folder_.WriteFile(".s/python/lib/x", "");

  EXPECT_THAT(Added({{"PYTHONUSERBASE", "/mine"}}), ElementsAre(Pair("PYTHONUSERBASE", "/mine")));
}

TEST_F(PackagePathsTest, MeanTheCodesFolderWhereThePlatformHasCode) {
  EXPECT_EQ(ValueHere("PYTHONPATH", "/code/python", "/srv/f"), "/srv/f/python");
  EXPECT_EQ(ValueHere("PATH", "/code/bin:/usr/bin:/code:/codes:/opt/code", "/srv/f"),
            "/srv/f/bin:/usr/bin:/srv/f:/codes:/opt/code");
  EXPECT_EQ(ValueHere("NODE_PATH", "::/code/x:", "/srv/f"), "::/srv/f/x:");
  EXPECT_EQ(ValueHere("PYTHONPATH", "", "/srv/f"), "");
  EXPECT_EQ(ValueHere("DATA", "/code/data", "/srv/f"), "/code/data");
}

}  // namespace
}  // namespace openfc::emulator
