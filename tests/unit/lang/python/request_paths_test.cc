#include "lang/python/request_paths.h"

#include <gtest/gtest.h>

#include <ostream>

namespace openfc::python {
namespace {

struct Target {
  const char* target;
  const char* base_path;
  const char* root;
  const char* path;
  const char* raw_path;
  const char* query;

  friend std::ostream& operator<<(std::ostream& out, const Target& request) {
    return out << request.target << " below " << request.base_path;
  }
};

class RequestPathsTest : public ::testing::TestWithParam<Target> {};

TEST_P(RequestPathsTest, AreTakenApart) {
  HttpRequest request;
  request.target = GetParam().target;
  request.base_path = GetParam().base_path;

  const RequestPaths paths = PathsOf(request);

  EXPECT_EQ(paths.root, GetParam().root);
  EXPECT_EQ(paths.path, GetParam().path);
  EXPECT_EQ(paths.raw_path, GetParam().raw_path);
  EXPECT_EQ(paths.query, GetParam().query);
}

INSTANTIATE_TEST_SUITE_P(
    Targets, RequestPathsTest,
    ::testing::Values(
        Target{"/", "", "", "/", "/", ""}, Target{"/a/b?c=d?e", "", "", "/a/b", "/a/b", "c=d?e"},
        Target{"/a%2Fb%zz%4", "", "", "/a/b%zz%4", "/a%2Fb%zz%4", ""},
        Target{"/?", "", "", "/", "/", ""}, Target{"?x", "", "", "/", "/", "x"},
        Target{"*", "", "", "*", "*", ""}, Target{"http://h:1/a?b", "", "", "/a", "/a", "b"},
        Target{"https://h", "", "", "/", "/", ""}, Target{"http://h?b", "", "", "/", "/", "b"},
        Target{"/p/f/a", "/p/f", "/p/f", "/a", "/p/f/a", ""},
        Target{"/p/f/", "/p/f/", "/p/f", "/", "/p/f/", ""},
        Target{"/p/f", "/p/f", "/p/f", "", "/p/f", ""},
        Target{"/p/fa", "/p/f", "/p/f", "/p/fa", "/p/f/p/fa", ""},
        Target{"/a", "/p%20f", "/p f", "/a", "/p%20f/a", ""}));

TEST(PercentDecodedTest, LeavesWhatIsNoEscape) {
  EXPECT_EQ(PercentDecoded("%"), "%");
  EXPECT_EQ(PercentDecoded("%4"), "%4");
  EXPECT_EQ(PercentDecoded("%g1%1g"), "%g1%1g");
  EXPECT_EQ(PercentDecoded("%%41"), "%A");
  EXPECT_EQ(PercentDecoded("a+b"), "a+b");
}

TEST(PercentDecodedTest, TakesBothCasesOfDigits) {
  EXPECT_EQ(PercentDecoded("%c3%A9%00"), std::string("\xc3\xa9\0", 3));
}

}  // namespace
}  // namespace openfc::python
