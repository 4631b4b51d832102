#include "runtime/archive/entry_name.h"

#include <gmock/gmock.h>

namespace openfc {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string Wrong(std::string_view name) {
  const auto parts = SplitEntryName(name);
  return parts ? "none" : parts.error().message;
}

TEST(EntryNameTest, IsTakenApart) {
  EXPECT_THAT(*SplitEntryName("a"), ElementsAre("a"));
  EXPECT_THAT(*SplitEntryName("a/b/c.py"), ElementsAre("a", "b", "c.py"));
  EXPECT_THAT(*SplitEntryName("./a//./b/"), ElementsAre("a", "b"));
  EXPECT_THAT(*SplitEntryName("..a/b../..."), ElementsAre("..a", "b..", "..."));
  EXPECT_THAT(*SplitEntryName("./"), IsEmpty());
}

TEST(EntryNameTest, DoesNotLeaveTheFolder) {
  EXPECT_EQ(Wrong("../a"), "its entry '../a' would leave the folder by ..");
  EXPECT_EQ(Wrong("a/.."), "its entry 'a/..' would leave the folder by ..");
  EXPECT_EQ(Wrong("a/../b"), "its entry 'a/../b' would leave the folder by ..");
  EXPECT_EQ(Wrong("/etc/passwd"), "its entry '/etc/passwd' has an absolute path");
  EXPECT_EQ(Wrong(""), "its entry '' has no name");
}

}  // namespace
}  // namespace openfc
