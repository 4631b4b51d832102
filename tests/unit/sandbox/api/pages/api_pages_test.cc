#include "sandbox/api/pages/api_pages.h"

#include "tests/unit/runtime/server/server_fakes.h"

#include <gmock/gmock.h>

#include <regex>
#include <string>

namespace openfc::sandbox {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::optional<http::Response> Ask(const std::string& target, const std::string& method = "GET") {
  return AnswerApiPage(MakeRequest({.method = method, .target = target}),
                       {.title = "Some Service", .document = R"({"openapi": "3.1.0"})"});
}

TEST(ApiPagesTest, GiveTheDocumentAsItIs) {
  EXPECT_EQ(Ask("/openapi.json")->body, R"({"openapi": "3.1.0"})");
  EXPECT_EQ(Ask("/openapi.json", "HEAD")->status, 200);
}

TEST(ApiPagesTest, AnswerNothingElse) {
  for (const char* target : {"/", "/docs/", "/docs/assets/", "/docs/assets/none.js",
                             "/docs/assets/../secret", "/openapi"}) {
    EXPECT_FALSE(Ask(target)) << target;
  }
  EXPECT_FALSE(Ask("/openapi.json", "POST"));
}

TEST(ApiPagesTest, LoadWhatTheyNeedFromHereAndNowhereElse) {
  if (!HasApiPages()) GTEST_SKIP() << "built without npm, so without the pages";
  for (const char* target : {"/docs", "/redoc"}) {
    const auto page = Ask(target);
    ASSERT_TRUE(page) << target;
    EXPECT_THAT(page->body, HasSubstr("<title>Some Service - "));
    EXPECT_THAT(page->body, HasSubstr("/openapi.json"));
    EXPECT_THAT(page->body, Not(HasSubstr("//")));
    const std::regex asset("/docs/assets/[^\"]+");
    int count = 0;
    for (std::sregex_iterator found(page->body.begin(), page->body.end(), asset), end; found != end;
         ++found, ++count) {
      const auto file = Ask(found->str());
      ASSERT_TRUE(file) << found->str();
      EXPECT_EQ(file->body.substr(0, 2), "\x1F\x8B") << found->str();
    }
    EXPECT_GT(count, 0) << target;
  }
}

TEST(ApiPagesTest, ComeWithTheirLicences) {
  if (!HasApiPages()) GTEST_SKIP() << "built without npm, so without the pages";
  for (const char* name : {"swagger-ui-dist.LICENSE.txt", "swagger-ui-bundle.js.LICENSE.txt",
                           "redoc.LICENSE.txt", "redoc.standalone.js.LICENSE.txt"}) {
    EXPECT_TRUE(Ask(std::string("/docs/assets/") + name)) << name;
  }
}

}  // namespace
}  // namespace openfc::sandbox
