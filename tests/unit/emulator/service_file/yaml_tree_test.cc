#include "emulator/service_file/yaml_tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace openfc::emulator {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;
using Kind = YamlNode::Kind;

YamlNode Parse(const std::string& text) {
  auto tree = ParseYaml(text);
  if (!tree) throw std::runtime_error(tree.error().message);
  return *std::move(tree);
}

std::string Refusal(const std::string& text) {
  const auto tree = ParseYaml(text);
  return tree ? "" : tree.error().message;
}

TEST(YamlTreeTest, KeepsTextsAsTheyWereWrittenAndTheirLines) {
  const YamlNode tree = Parse("a: 010\nb: 'yes'\n\nc:\n  - no\n  - {d: ~}\n");

  ASSERT_EQ(tree.kind, Kind::kMap);
  EXPECT_EQ(tree.Find("a")->text, "010");
  EXPECT_EQ(tree.Find("b")->text, "yes");
  EXPECT_EQ(tree.Find("b")->line, 2);
  EXPECT_EQ(tree.Find("c")->items[0].text, "no");
  EXPECT_EQ(tree.Find("c")->items[1].Find("d")->kind, Kind::kNull);
  EXPECT_EQ(tree.Find("c")->items[1].line, 6);
  EXPECT_EQ(tree.Find("nothing"), nullptr);
}

TEST(YamlTreeTest, AnEmptyDocumentIsNull) {
  EXPECT_EQ(Parse("# only a comment\n").kind, Kind::kNull);
}

TEST(YamlTreeTest, ExpandsAliasesAndMergeKeys) {
  const YamlNode tree = Parse(
      "base: &base {a: 1, b: 2}\nmore: &more {c: 3}\n"
      "one: {<<: *base, b: own}\ntwo:\n  <<: [*base, *more]\nsame: *base\n");

  EXPECT_EQ(tree.Find("one")->Find("a")->text, "1");
  EXPECT_EQ(tree.Find("one")->Find("b")->text, "own");
  EXPECT_EQ(tree.Find("two")->Find("c")->text, "3");
  EXPECT_EQ(tree.Find("same")->Find("b")->text, "2");
}

TEST(YamlTreeTest, NamesTheLineOfASyntaxError) {
  EXPECT_THAT(Refusal("a: 1\nb: [1, 2\nc: 3\n"), StartsWith("line 3: this is not YAML: "));
  EXPECT_THAT(Refusal("a: 1\n\tb: 2\n"), StartsWith("line 2: this is not YAML: "));
  EXPECT_THAT(Refusal("a: *nowhere\n"), StartsWith("line 1: this is not YAML: "));
}

TEST(YamlTreeTest, RefusesAKeyThatStandsTwice) {
  EXPECT_EQ(Refusal("a: 1\nb: 2\na: 3\n"), "line 3: the key 'a' stands here a second time");
}

TEST(YamlTreeTest, KnowsTheGapsOfATemplate) {
  EXPECT_EQ(Parse("name: {{ name }}\n").Find("name")->kind, Kind::kPlaceholder);
  EXPECT_EQ(Parse("name: '{{ name }}'\n").Find("name")->kind, Kind::kText);
}

TEST(YamlTreeTest, RefusesAliasesThatExpandWithoutEnd) {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 9; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before;
    for (int j = 0; j < 9; ++j) bomb += ", " + before;
    bomb += "]\n";
  }

  EXPECT_THAT(Refusal(bomb), HasSubstr("the document is too large or too deep"));
}

TEST(YamlTreeTest, RefusesNestingWithoutEnd) {
  EXPECT_THAT(Refusal("a: " + std::string(100, '[') + std::string(100, ']')),
              HasSubstr("too large or too deep"));
  EXPECT_NE(Refusal("a: " + std::string(100'000, '[')), "");
}

}  // namespace
}  // namespace openfc::emulator
