#include "runtime/wire/encoding.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace openfc::wire {
namespace {

TEST(EncodingTest, WritesAndReadsBase64) {
  const std::vector<std::pair<std::string, std::string>> pairs = {
      {"", ""},        {"f", "Zg=="},        {"fo", "Zm8="},
      {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {std::string("\x00\xff\xfe", 3), "AP/+"}};
  for (const auto& [bytes, text] : pairs) {
    EXPECT_EQ(EncodeBase64(bytes), text);
    EXPECT_EQ(DecodeBase64(text), bytes);
  }
}

TEST(EncodingTest, ReadsBase64WithoutItsPadding) { EXPECT_EQ(DecodeBase64("Zm8"), "fo"); }

TEST(EncodingTest, RefusesWhatIsNotBase64) {
  for (const char* text : {"Z", "Zm9vY", "Zm 9v", "Zm9v!", "Z=8="}) {
    EXPECT_FALSE(DecodeBase64(text)) << text;
  }
}

TEST(EncodingTest, DecodesEscapesAndKeepsWhatIsNone) {
  EXPECT_EQ(DecodePercent("/a%20b%2Fc+d"), "/a b/c+d");
  EXPECT_EQ(DecodePercent("a+b%2bc", /*is_query=*/true), "a b+c");
  EXPECT_EQ(DecodePercent("%41"), "A");
  EXPECT_EQ(DecodePercent("100%, %4, %zz, %"), "100%, %4, %zz, %");
}

TEST(EncodingTest, TellsUtf8FromOtherBytes) {
  for (const char* text : {"", "plain", "\xc3\xa4", "\xe2\x82\xac", "\xf0\x9f\x98\x80",
                           "\xed\x9f\xbf", "\xf4\x8f\xbf\xbf"}) {
    EXPECT_TRUE(IsUtf8(text)) << text;
  }
  // Alone, cut short, longer than needed, a surrogate, beyond the last code point.
  for (const char* bytes :
       {"\x80", "\xc3", "\xe2\x82", "\xc0\x80", "\xe0\x80\x80", "\xf0\x80\x80\x80", "\xed\xa0\x80",
        "\xf4\x90\x80\x80", "\xff", "a\xe2\x28\xa1"}) {
    EXPECT_FALSE(IsUtf8(bytes)) << bytes;
  }
}

}  // namespace
}  // namespace openfc::wire
