#include "sandbox/isolation/run_cgroup.h"

#include <gtest/gtest.h>

namespace openfc::sandbox {
namespace {

TEST(RunCgroupTest, IsNotMadeWhereFoldersCannotBeMade) {
  EXPECT_FALSE(RunCgroup::Make({.version = 2, .parents = {"/no/such/folder"}}));
}

TEST(RunCgroupTest, IsNotMadeWhereProcessesAreNotCounted) {
  auto place = FindOwnCgroupPlace();
  if (!place || !RunCgroup::Make(*place)) GTEST_SKIP() << "no cgroup can be made here";
  if (place->version == 2) GTEST_SKIP() << "memory and processes have one cgroup here";
  place->parents.resize(1);

  const auto made = RunCgroup::Make(*place);

  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().message, "no cgroup hierarchy that counts processes");
}

}  // namespace
}  // namespace openfc::sandbox
