#include "sandbox/isolation/run_cgroup.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace openfc::sandbox {
namespace {

using ::testing::ElementsAre;

constexpr std::string_view kMounts =
    "30 1 0:26 / /cg/memory rw - cgroup cgroup rw,memory\n"
    "31 1 0:27 / /cg/pids rw - cgroup cgroup rw,pids\n"
    "32 1 0:28 /box /cg/unified rw - cgroup2 cgroup2 rw\n";

TEST(CgroupPlaceTest, IsOurOwnCgroupsOfVersion1) {
  const auto place = FindCgroupPlace("8:pids:/\n4:cpu,memory:/ours\n0::/\n", kMounts);

  ASSERT_TRUE(place);
  EXPECT_EQ(place->version, 1);
  EXPECT_THAT(place->parents, ElementsAre("/cg/memory/ours", "/cg/pids"));
}

TEST(CgroupPlaceTest, IsTheOneOfVersion2WhereVersion1CountsNothing) {
  const auto place = FindCgroupPlace("0::/box/ours\n", kMounts);

  ASSERT_TRUE(place);
  EXPECT_EQ(place->version, 2);
  EXPECT_THAT(place->parents, ElementsAre("/cg/unified/ours"));
}

TEST(CgroupPlaceTest, IsNoneWhereNothingIsMounted) {
  EXPECT_FALSE(FindCgroupPlace("0::/\n", ""));
  EXPECT_FALSE(FindCgroupPlace("", kMounts));
  EXPECT_FALSE(FindCgroupPlace("nonsense", "nonsense"));
}

TEST(CgroupPlaceTest, CannotBeProvenWhereFoldersCannotBeMade) {
  EXPECT_FALSE(RunCgroup::Make({.version = 2, .parents = {"/no/such/folder"}}));
}

}  // namespace
}  // namespace openfc::sandbox
