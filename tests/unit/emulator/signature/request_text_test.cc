#include "emulator/signature/request_text.h"

#include <gmock/gmock.h>

namespace openfc::emulator {
namespace {

std::string Shown(std::string_view target) {
  std::string text;
  for (const auto& parameter : QueryOf(target)) {
    text += "[" + parameter.name + (parameter.has_value ? "|" + parameter.value : "") + "]";
  }
  return text;
}

TEST(RequestTextTest, TakesATargetApart) {
  EXPECT_EQ(PathOf("/a/b?c=d?e"), "/a/b");
  EXPECT_EQ(PathOf("/a"), "/a");
  EXPECT_EQ(Shown("/a"), "");
  EXPECT_EQ(Shown("/a?"), "");
  EXPECT_EQ(Shown("/a?b"), "[b]");
  EXPECT_EQ(Shown("/a?b=&c=1=2&&d=%C3%A9+%2B"), "[b|][c|1=2][d|\xC3\xA9 +]");
  EXPECT_EQ(Shown("/a?b=1&"), "[b|1]");
}

TEST(RequestTextTest, EncodesAllButTheUnreserved) {
  EXPECT_EQ(EncodePercent("aZ09-_.~"), "aZ09-_.~");
  EXPECT_EQ(EncodePercent(" *+/\xC3\xA9"), "%20%2A%2B%2F%C3%A9");
}

TEST(RequestTextTest, NormalizesAPathAndKeepsItsSlashes) {
  EXPECT_EQ(NormalizePath(""), "/");
  EXPECT_EQ(NormalizePath("/a*b/%7e/c%2fd/%zz/%"), "/a%2Ab/~/c%2Fd/%25zz/%25");
  EXPECT_EQ(NormalizePath(NormalizePath("/\xC3\xA9 +")), "/%C3%A9%20%2B");
}

TEST(RequestTextTest, FindsHeadersInAnyCase) {
  const SignedRequest request{.headers = {{"X-Fc-A", " 1 "}, {"x-fc-a", "2"}}};

  EXPECT_EQ(FindHeader(request, "x-fc-a"), "1");
  EXPECT_EQ(FindHeader(request, "x-fc-b"), std::nullopt);
}

}  // namespace
}  // namespace openfc::emulator
