#include "emulator/service_file/substitution.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace openfc::emulator {
namespace {

using ::testing::HasSubstr;
using Kind = YamlNode::Kind;

constexpr const char* kVars = R"(
region: cn-hangzhou
deep: {er: found}
again: "${vars.region}"
self: "${vars.self}"
ping: "x ${vars.pong}"
pong: "${vars.ping}"
home: "${env('HOME')}"
)";

class SubstitutionTest : public ::testing::Test {
 protected:
  Expected<YamlNode> Resolve(const std::string& text) {
    return substitution_.Resolve({.kind = Kind::kText, .line = 7, .text = text});
  }
  std::string Text(const std::string& text) {
    const auto resolved = Resolve(text);
    return resolved ? resolved->text : "error: " + resolved.error().message;
  }

  const YamlNode vars_ = *ParseYaml(kVars);
  const Variables environment_ = {{"HOME", "/home/dev"}, {"EMPTY", ""}};
  const Substitution substitution_{&vars_, environment_};
};

TEST_F(SubstitutionTest, LeavesOtherTextAlone) {
  EXPECT_EQ(Text(""), "");
  EXPECT_EQ(Text("plain $x {y} $ {z}"), "plain $x {y} $ {z}");
}

TEST_F(SubstitutionTest, FillsInVariablesOfTheFile) {
  EXPECT_EQ(Text("${vars.region}"), "cn-hangzhou");
  EXPECT_EQ(Text("a ${vars.region}, ${ vars.deep.er }!"), "a cn-hangzhou, found!");
  EXPECT_EQ(Text("${vars.again}"), "cn-hangzhou");
}

TEST_F(SubstitutionTest, FillsInTheEnvironment) {
  EXPECT_EQ(Text("${env('HOME')}"), "/home/dev");
  EXPECT_EQ(Text("${env(\"HOME\", \"x\")}"), "/home/dev");
  EXPECT_EQ(Text("${env(HOME)}"), "/home/dev");
  EXPECT_EQ(Text("${env('EMPTY', 'x')}"), "");
  EXPECT_EQ(Text("${env('NONE', 'a } b')}"), "a } b");
  EXPECT_EQ(Text("${env('NONE', '')}"), "");
  EXPECT_EQ(Text("${vars.home}/x"), "/home/dev/x");
}

TEST_F(SubstitutionTest, FillsInWhoTheFunctionRunsAs) {
  EXPECT_EQ(Text("http://${config(AccountID)}.mns.${vars.region}"),
            "http://123456789012.mns.cn-hangzhou");
  EXPECT_EQ(Text("${Config('AccessKeyID')}"), "local-access-key-id");
  EXPECT_EQ(Text("${config(\"AccessKeySecret\")}"), "local-access-key-secret");
  EXPECT_EQ(Text("${config('SecurityToken')}"), "local-security-token");
  EXPECT_THAT(Text("${config('Other')}"), HasSubstr("line 7: config('Other') is not understood"));
  EXPECT_THAT(Text("${configure('AccountID')}"), HasSubstr("is not understood here"));
  EXPECT_THAT(Text("${('AccountID')}"), HasSubstr("is not understood here"));
}

TEST_F(SubstitutionTest, ReplacesAWholeTextByAMap) {
  const auto resolved = Resolve("${vars.deep}");

  ASSERT_TRUE(resolved.has_value());
  EXPECT_EQ(resolved->Find("er")->text, "found");
  EXPECT_EQ(Text("x ${vars.deep}"),
            "error: line 7: ${vars.deep} is no text and cannot stand within one");
}

TEST_F(SubstitutionTest, NamesWhatIsNotThere) {
  EXPECT_EQ(Text("${vars.none}"), "error: line 7: vars.none is not defined in this file");
  EXPECT_EQ(Text("${vars.region.x}"), "error: line 7: vars.region.x is not defined in this file");
  EXPECT_EQ(Text("${env('NONE')}"),
            "error: line 7: the environment variable NONE is not set: set it, or give a default as "
            "in ${env('NONE', 'default')}");
}

TEST_F(SubstitutionTest, NoticesCircles) {
  EXPECT_THAT(Text("${vars.self}"), HasSubstr("vars.self is defined by itself"));
  EXPECT_THAT(Text("${vars.ping}"), HasSubstr("is defined by itself"));
}

TEST_F(SubstitutionTest, RefusesWhatItDoesNotKnow) {
  EXPECT_THAT(Text("${resources.x.output}"), HasSubstr("${resources.x.output} is not understood"));
  EXPECT_THAT(Text("${}"), HasSubstr("is not understood"));
  EXPECT_THAT(Text("${vars.region"), HasSubstr("a ${ has no } to its end"));
}

TEST_F(SubstitutionTest, RefusesTheGapsOfATemplate) {
  EXPECT_THAT(Text("{{ functionName }}"), HasSubstr("is a gap of a project template"));
  const YamlNode bare{.kind = Kind::kPlaceholder, .line = 3};
  EXPECT_THAT(substitution_.Resolve(bare).error().message, HasSubstr("line 3: {{ }}"));
}

TEST_F(SubstitutionTest, WorksWithoutVariables) {
  const Substitution none(nullptr, environment_);

  const auto resolved = none.Resolve({.kind = Kind::kText, .line = 1, .text = "${vars.x}"});

  ASSERT_FALSE(resolved.has_value());
  EXPECT_EQ(resolved.error().message, "line 1: vars.x is not defined in this file");
}

}  // namespace
}  // namespace openfc::emulator
