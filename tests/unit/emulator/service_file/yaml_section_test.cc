#include "emulator/service_file/yaml_section.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

namespace openfc::emulator {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

constexpr const char* kText = R"(text: a text
number: 12
quoted: "34"
map: {A: 1, B: true}
list: [1]
nothing:
fraction: 1.5
huge: 99999999999999999999
flag: true
off: FALSE
words: [a, "${vars.word}", 1]
maps: [{a: 1}, {b: 2}]
mixed: [{a: 1}, text]
)";

class YamlSectionTest : public ::testing::Test {
 protected:
  const Variables environment_{};
  const YamlNode vars_ = *ParseYaml("word: b");
  const Substitution substitution_{&vars_, environment_};
  YamlSection section_{*ParseYaml(kText), "props", substitution_};
};

template <typename T>
std::string Refusal(const Expected<T>& result) {
  return result ? "" : result.error().message;
}

TEST_F(YamlSectionTest, ReadsWhatIsExpected) {
  EXPECT_EQ(**section_.Text("text"), "a text");
  EXPECT_EQ(**section_.Number("number"), 12);
  EXPECT_EQ(**section_.Number("quoted"), 34);
  EXPECT_EQ((*section_.Section("map"))->path(), "props.map");
  EXPECT_THAT(*section_.Texts("map"), ElementsAre(Pair("A", "1"), Pair("B", "true")));
  EXPECT_EQ(*section_.RequiredText("text"), "a text");
}

TEST_F(YamlSectionTest, GivesNothingForAnAbsentKey) {
  EXPECT_EQ(*section_.Text("absent"), std::nullopt);
  EXPECT_EQ(*section_.Number("absent"), std::nullopt);
  EXPECT_FALSE(section_.Section("absent")->has_value());
  EXPECT_THAT(*section_.Texts("absent"), IsEmpty());
  EXPECT_EQ(Refusal(section_.RequiredText("absent")), "line 1: props.absent is missing");
}

TEST_F(YamlSectionTest, NamesPathAndLineOfAWrongType) {
  EXPECT_EQ(Refusal(section_.Number("text")),
            "line 1: props.text must be a whole number, but is 'a text'");
  EXPECT_EQ(Refusal(section_.Number("fraction")),
            "line 7: props.fraction must be a whole number, but is '1.5'");
  EXPECT_EQ(Refusal(section_.Number("huge")),
            "line 8: props.huge must be a whole number, but is '99999999999999999999'");
  EXPECT_EQ(Refusal(section_.Text("list")), "line 5: props.list must be a text, but is a list");
  EXPECT_EQ(Refusal(section_.Text("map")), "line 4: props.map must be a text, but is a map");
  EXPECT_EQ(Refusal(section_.Section("number")), "line 2: props.number must be a map, but is '12'");
  EXPECT_EQ(Refusal(section_.Section("nothing")),
            "line 6: props.nothing must be a map, but is empty");
  EXPECT_EQ(Refusal(section_.Texts("list")), "line 5: props.list must be a map, but is a list");
}

TEST_F(YamlSectionTest, RemembersWhatNobodyAskedFor) {
  (void)section_.Text("text");
  (void)section_.Number("number");
  (void)section_.Node("map");
  section_.MarkRead("list");

  (void)section_.Flag("flag");
  (void)section_.List("words");
  (void)section_.Sections("maps");
  std::vector<std::string> paths = {"before"};

  section_.ListUnread(paths);

  EXPECT_THAT(paths, ElementsAre("before", "props.quoted", "props.nothing", "props.fraction",
                                 "props.huge", "props.off", "props.mixed"));
}

TEST_F(YamlSectionTest, ReadsOtherNumbersAndFlags) {
  EXPECT_EQ(**section_.Int("number"), 12);
  EXPECT_EQ(**section_.Decimal("number"), 12.0);
  EXPECT_EQ(**section_.Decimal("fraction"), 1.5);
  EXPECT_EQ(**section_.Flag("flag"), true);
  EXPECT_EQ(**section_.Flag("off"), false);
  EXPECT_EQ(*section_.Flag("absent"), std::nullopt);

  EXPECT_EQ(Refusal(section_.Int("huge")),
            "line 8: props.huge must be a whole number, but is '99999999999999999999'");
  EXPECT_EQ(Refusal(section_.Decimal("text")),
            "line 1: props.text must be a number, but is 'a text'");
  EXPECT_EQ(Refusal(section_.Flag("number")),
            "line 2: props.number must be true or false, but is '12'");
}

TEST_F(YamlSectionTest, TakesNoNumberThatIsNone) {
  for (const char* const text : {"nan", "inf", "-inf", "1.5x", "''"}) {
    YamlSection section(*ParseYaml(std::string("n: ") + text), "", substitution_);
    EXPECT_THAT(Refusal(section.Decimal("n")), HasSubstr("must be a number")) << text;
  }
}

TEST_F(YamlSectionTest, ReadsLists) {
  EXPECT_THAT(**section_.List("words"), ElementsAre("a", "b", "1"));
  EXPECT_EQ(*section_.List("absent"), std::nullopt);

  EXPECT_EQ(Refusal(section_.List("text")),
            "line 1: props.text must be a list of texts, but is 'a text'");
  EXPECT_EQ(Refusal(section_.List("maps")), "line 12: props.maps[0] must be a text, but is a map");
}

TEST_F(YamlSectionTest, ReadsListsOfMaps) {
  auto maps = *section_.Sections("maps");

  ASSERT_EQ(maps.size(), 2U);
  EXPECT_EQ(maps[1].path(), "props.maps[1]");
  EXPECT_EQ(**maps[1].Number("b"), 2);
  EXPECT_THAT(*section_.Sections("absent"), IsEmpty());
  EXPECT_EQ(Refusal(section_.Sections("mixed")),
            "line 13: props.mixed[1] must be a map, but is 'text'");
  EXPECT_EQ(Refusal(section_.Sections("map")),
            "line 4: props.map must be a list of maps, but is a map");
}

TEST_F(YamlSectionTest, NamesPathAndLineOfWhatIsRefused) {
  EXPECT_EQ(section_.Refusal("list", "is too short").message, "line 5: props.list is too short");
  EXPECT_EQ(section_.Refusal("absent", "is missing").message, "line 1: props.absent is missing");
}

TEST_F(YamlSectionTest, PutsWhatIsThereInItsPlace) {
  std::string text = "before";
  std::chrono::seconds time{3};

  EXPECT_TRUE(Take(section_.Text("absent"), text).has_value());
  EXPECT_EQ(text, "before");
  EXPECT_TRUE(Take(section_.Text("text"), text).has_value());
  EXPECT_EQ(text, "a text");
  EXPECT_TRUE(Take(section_.Number("number"), time).has_value());
  EXPECT_EQ(time, std::chrono::seconds(12));
  EXPECT_FALSE(Take(section_.Number("text"), time).has_value());
  EXPECT_FALSE(Take(section_.RequiredText("absent"), text).has_value());
  EXPECT_EQ(text, "a text");
}

}  // namespace
}  // namespace openfc::emulator
