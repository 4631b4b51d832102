#include "runtime/wire/error_document.h"

#include <gtest/gtest.h>

namespace openfc::wire {
namespace {

TEST(ErrorDocumentTest, HasTheLayoutOfJsonDumpsWithIndentAndSortedKeys) {
  EXPECT_EQ(ErrorDocument("E", "went \"wrong\"", {"a", "b"}),
            "{\n"
            "    \"errorMessage\": \"went \\\"wrong\\\"\",\n"
            "    \"errorType\": \"E\",\n"
            "    \"stackTrace\": [\n"
            "        \"a\",\n"
            "        \"b\"\n"
            "    ]\n"
            "}");
}

TEST(ErrorDocumentTest, LeavesAnEmptyStackOut) {
  EXPECT_EQ(ErrorDocument("E", "m"),
            "{\n    \"errorMessage\": \"m\",\n    \"errorType\": \"E\"\n}");
}

TEST(ErrorDocumentTest, EscapesWhatIsNotAscii) {
  EXPECT_NE(ErrorDocument("E", "caf\xc3\xa9").find("caf\\u00e9"), std::string::npos);
}

TEST(ErrorDocumentTest, ReplacesBytesThatAreNotUtf8) {
  EXPECT_NE(ErrorDocument("E", "\xff").find("\\ufffd"), std::string::npos);
}

}  // namespace
}  // namespace openfc::wire
