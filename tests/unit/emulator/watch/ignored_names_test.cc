#include "emulator/watch/ignored_names.h"

#include <gtest/gtest.h>

namespace openfc::emulator {
namespace {

TEST(IgnoredNamesTest, AreThoseOfNoCode) {
  for (const auto* name :
       {".git", ".fclocal", ".s", "__pycache__", "index.cpython-311.pyc", "old.pyo",
        ".index.py.swp", ".index.py.swx", "index.py~", "4913", ".#index.py", ".DS_Store"}) {
    EXPECT_TRUE(IsIgnoredName(name)) << name;
  }
}

TEST(IgnoredNamesTest, AreNoOthers) {
  for (const auto* name : {"index.py", ".gitignore", ".env", "s", "pyc", "swp", "49130", "a.py.bak",
                           "__pycache__.py", "#", ""}) {
    EXPECT_FALSE(IsIgnoredName(name)) << name;
  }
}

}  // namespace
}  // namespace openfc::emulator
