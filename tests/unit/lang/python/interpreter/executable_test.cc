#include "lang/python/interpreter/executable.h"

#include <gtest/gtest.h>

namespace openfc::python {
namespace {

TEST(FindExecutableTest, TakesTheOneThatTheProgramWasBuiltFor) {
  EXPECT_EQ(FindExecutable("/bin/sh", "ls", "/bin"), "/bin/sh");
}

TEST(FindExecutableTest, ElseLooksThroughThePath) {
  EXPECT_EQ(FindExecutable("/nowhere/python3", "sh", "/nowhere:/bin:/usr/bin"), "/bin/sh");
}

TEST(FindExecutableTest, SkipsRelativeAndEmptyFolders) {
  EXPECT_EQ(FindExecutable("/nowhere/python3", "sh", ":bin:.:/bin"), "/bin/sh");
}

TEST(FindExecutableTest, IsEmptyWhenThereIsNone) {
  EXPECT_EQ(FindExecutable("/nowhere/python3", "sh", "/nowhere"), "");
  EXPECT_EQ(FindExecutable("/nowhere/python3", "sh", ""), "");
}

}  // namespace
}  // namespace openfc::python
