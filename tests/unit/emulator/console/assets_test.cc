#include "emulator/console/assets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <vector>

namespace openfc::emulator {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAreArray;

std::string ReadSource(const std::string& name) {
  std::ifstream file(OPENFC_SOURCE_DIR "/emulator/console/assets/" + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// All that `pattern` finds in `text`: its first group.
std::vector<std::string> Find(const std::string& text, const std::string& pattern) {
  const std::regex regex(pattern);
  std::vector<std::string> found;
  for (std::sregex_iterator match(text.begin(), text.end(), regex), end; match != end; ++match) {
    found.push_back((*match)[1]);
  }
  return found;
}

TEST(AssetsTest, AreTheFilesOfTheSourceTree) {
  ASSERT_NE(FindAsset("/"), nullptr);
  EXPECT_EQ(FindAsset("/")->bytes, ReadSource("console.html"));
  ASSERT_NE(FindAsset("/_openfc/console.js"), nullptr);
  EXPECT_EQ(FindAsset("/_openfc/console.js")->bytes, ReadSource("console.js"));
}

TEST(AssetsTest, SayWhatTheyAre) {
  EXPECT_EQ(FindAsset("/")->content_type, "text/html; charset=utf-8");
  EXPECT_EQ(FindAsset("/_openfc/console.js")->content_type, "text/javascript; charset=utf-8");
  EXPECT_EQ(FindAsset("/_openfc/console.css")->content_type, "text/css; charset=utf-8");
  EXPECT_EQ(FindAsset("/_openfc/icon.svg")->content_type, "image/svg+xml");
}

TEST(AssetsTest, AreNoneUnderOtherPaths) {
  for (const char* const path : {"", "/_openfc/", "/_openfc/console.html", "/console.js",
                                 "/_openfc/../console.js", "/_openfc/functions", "/index.html"}) {
    EXPECT_EQ(FindAsset(path), nullptr) << path;
  }
}

TEST(AssetsTest, HaveATagOfTheirBytesUnlessTheyHoldTheToken) {
  const std::string tag = FindAsset("/_openfc/console.js")->etag;
  EXPECT_EQ(tag.size(), 18U);
  EXPECT_EQ(tag.front(), '"');
  EXPECT_EQ(tag.back(), '"');
  EXPECT_NE(tag, FindAsset("/_openfc/console.css")->etag);
  EXPECT_EQ(tag, FindAsset("/_openfc/console.js")->etag);
  EXPECT_THAT(FindAsset("/")->etag, IsEmpty());
}

TEST(AssetsTest, TakeATokenInOnePlace) {
  const std::string page = FillToken(FindAsset("/")->bytes, "secret-1_A");

  EXPECT_THAT(page, HasSubstr(R"(<meta name="openfc-token" content="secret-1_A">)"));
  EXPECT_THAT(page, Not(HasSubstr("{{")));
}

TEST(AssetsTest, ReferToEachOtherAndNothingElse) {
  const std::string page(FindAsset("/")->bytes);

  const auto references = Find(page, R"re((?:src|href)="([^#"][^"]*)")re");

  EXPECT_EQ(references.size(), 4U);
  for (const std::string& reference : references) EXPECT_NE(FindAsset(reference), nullptr);
}

/// The scripts that the page loads, by those that import them.
std::vector<std::string> Scripts() {
  std::vector<std::string> paths = {"/_openfc/theme.js", "/_openfc/console.js"};
  for (std::size_t i = 0; i < paths.size(); ++i) {
    const Asset* const script = FindAsset(paths[i]);
    EXPECT_NE(script, nullptr) << paths[i];
    if (script == nullptr) continue;
    for (const auto& name : Find(std::string(script->bytes), R"(from '\./([a-z]+\.js)')")) {
      const std::string path = "/_openfc/" + name;
      if (std::find(paths.begin(), paths.end(), path) == paths.end()) paths.push_back(path);
    }
  }
  return paths;
}

TEST(AssetsTest, LoadAllScriptsThatAreThere) {
  std::vector<std::string> there;
  for (const auto& entry :
       std::filesystem::directory_iterator(OPENFC_SOURCE_DIR "/emulator/console/assets")) {
    const std::string name = entry.path().filename().string();
    if (name.ends_with(".js")) there.push_back("/_openfc/" + name);
  }

  EXPECT_THAT(Scripts(), UnorderedElementsAreArray(there));
}

TEST(AssetsTest, AskNoOtherHost) {
  std::vector<std::string> paths = Scripts();
  paths.insert(paths.end(), {"/", "/_openfc/console.css"});
  for (const std::string& path : paths) {
    const auto urls = Find(std::string(FindAsset(path)->bytes), "(https?://[a-z][^\"' ]*)");
    for (const std::string& url : urls) EXPECT_EQ(url, "http://www.w3.org/2000/svg") << path;
  }
}

TEST(AssetsTest, ForbidScriptsWithinThePage) {
  const std::string page(FindAsset("/")->bytes);

  EXPECT_THAT(page, HasSubstr("default-src 'none'; script-src 'self'; style-src 'self'"));
  EXPECT_THAT(page, HasSubstr("require-trusted-types-for 'script'"));
  EXPECT_THAT(page, Not(HasSubstr("unsafe")));
  EXPECT_THAT(Find(page, "(<script[^>]*>[^<])"), IsEmpty());
  EXPECT_THAT(Find(page, R"re((\son[a-z]+=))re"), IsEmpty());
  EXPECT_THAT(Find(page, R"re((\sstyle=|<style))re"), IsEmpty());
}

TEST(AssetsTest, NeverTakeTextForMarkup) {
  for (const std::string& path : Scripts()) {
    const std::string script(FindAsset(path)->bytes);
    for (const char* const sink :
         {"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function",
          "setHTMLUnsafe", "createContextualFragment"}) {
      EXPECT_THAT(script, Not(HasSubstr(sink))) << path;
    }
  }
}

}  // namespace
}  // namespace openfc::emulator
