#include "emulator/service_file/yaml_section.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace openfc::emulator {
namespace {

using ::testing::ElementsAre;
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
)";

class YamlSectionTest : public ::testing::Test {
 protected:
  const Variables environment_{};
  const Substitution substitution_{nullptr, environment_};
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

  EXPECT_THAT(section_.UnreadPaths(),
              ElementsAre("props.quoted", "props.nothing", "props.fraction", "props.huge"));
}

}  // namespace
}  // namespace openfc::emulator
