#include "sandbox/api/executor/needed_libraries.h"

#include <gtest/gtest.h>

namespace openfc::sandbox {
namespace {

TEST(NeededLibrariesTest, AreThoseOfDataWhereTheCodeNamesOne) {
  for (const char* code : {"import numpy as np", "np.arange(3)", "x=pd.DataFrame()", "plt",
                           "go.Bar", "from sklearn import svm", "a\npx"}) {
    EXPECT_EQ(LibrariesFor(code), Libraries::kData) << code;
  }
}

TEST(NeededLibrariesTest, AreNoneOtherwise) {
  for (const char* code : {"", "print('hi')", "gone = 1", "import json", "_np = 1", "npx",
                           "数np = 1", "cargo.go_on()"}) {
    EXPECT_EQ(LibrariesFor(code), Libraries::kLean) << code;
  }
}

}  // namespace
}  // namespace openfc::sandbox
