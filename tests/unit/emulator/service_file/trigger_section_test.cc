#include "tests/unit/emulator/service_file/service_file_test.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace openfc::emulator {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class TriggerSectionTest : public ServiceFileTest {
 protected:
  /// The function of edition 3 with that list of triggers.
  static std::string With(const std::string& triggers) {
    return Replace(kFc3, "timeout: 10", "triggers: " + triggers);
  }
  static std::string Http(const std::string& config) {
    return With("[{triggerName: web, triggerType: http, triggerConfig: {" + config + "}}]");
  }
  static std::string Timer(const std::string& config) {
    return With("[{triggerName: tick, triggerType: timer, triggerConfig: {" + config + "}}]");
  }
};

TEST_F(TriggerSectionTest, ReadsTheTriggersOfEdition3) {
  const auto function = Read(With(R"(
        - triggerName: web
          triggerType: http
          triggerConfig: {authType: function, methods: [GET, post]}
        - triggerName: tick
          triggerType: timer
          triggerConfig: {cronExpression: "@every 1m", enable: false, payload: '{"n":1}'}
        - triggerName: noon
          triggerType: timer
          triggerConfig: {cronExpression: "0 0 12 * * *", enable: true})"));

  ASSERT_TRUE(function.has_value()) << function.error().message;
  const FunctionDefinition& definition = function->definition;
  ASSERT_TRUE(definition.http_trigger.has_value());
  EXPECT_EQ(definition.http_trigger->name, "web");
  EXPECT_EQ(definition.http_trigger->auth_type, "function");
  EXPECT_THAT(definition.http_trigger->methods, ElementsAre("GET", "POST"));
  ASSERT_EQ(definition.timers.size(), 2U);
  EXPECT_EQ(definition.timers[0].name, "tick");
  EXPECT_EQ(definition.timers[0].expression, "@every 1m");
  EXPECT_EQ(definition.timers[0].payload, "{\"n\":1}");
  EXPECT_FALSE(definition.timers[0].is_enabled);
  EXPECT_EQ(definition.timers[1].expression, "0 0 12 * * *");
  EXPECT_TRUE(definition.timers[1].is_enabled);
  EXPECT_THAT(function->without_effect, IsEmpty());
}

TEST_F(TriggerSectionTest, ReadsTheTriggersOfEdition1) {
  const auto function = Read(Replace(
      kFc2, "{name: web, type: http}",
      "{name: web, type: http, config: {methods: [PUT]}}, {name: tick, type: timer, config: "
      "{cronExpression: '@every 2h'}}"));

  ASSERT_TRUE(function.has_value()) << function.error().message;
  EXPECT_EQ(function->definition.edition, Edition::kFc2);
  EXPECT_EQ(function->definition.http_trigger->name, "web");
  EXPECT_EQ(function->definition.http_trigger->auth_type, "anonymous");
  EXPECT_THAT(function->definition.http_trigger->methods, ElementsAre("PUT"));
  ASSERT_EQ(function->definition.timers.size(), 1U);
  EXPECT_EQ(function->definition.timers[0].expression, "@every 2h");
}

TEST_F(TriggerSectionTest, AreNoneWhereNoneAreWritten) {
  EXPECT_EQ(Read(kFc3)->definition.http_trigger.has_value(), false);
  EXPECT_EQ(Read(With("[]"))->definition.http_trigger.has_value(), false);
  EXPECT_THAT(Read(kFc3)->definition.timers, IsEmpty());
}

TEST_F(TriggerSectionTest, NamesWhatHasNoEffectHere) {
  const auto function = Read(
      With("[{triggerName: a, triggerType: oss, triggerConfig: {bucket: b}}, {triggerName: b, "
           "triggerType: log}, {triggerName: w, triggerType: http, sourceArn: x, triggerConfig: "
           "{disableURLInternet: true}}]"));

  ASSERT_TRUE(function.has_value()) << function.error().message;
  EXPECT_THAT(function->without_effect,
              ElementsAre("resources.hello.props.triggers[0] (oss)",
                          "resources.hello.props.triggers[1] (log)",
                          "resources.hello.props.triggers[2].triggerConfig.disableURLInternet",
                          "resources.hello.props.triggers[2].sourceArn"));
}

TEST_F(TriggerSectionTest, RefusesATypeThatThePlatformDoesNotHave) {
  EXPECT_EQ(Refusal(With("[{triggerName: a, triggerType: htpp}]")),
            "line 16: resources.hello.props.triggers[0].triggerType is htpp, but the types are "
            "http, timer, oss, log, eventbridge, mns_topic, cdn_events, tablestore");
}

TEST_F(TriggerSectionTest, RefusesWhatIsMissingOrOfAnotherShape) {
  EXPECT_EQ(Refusal(With("{a: b}")),
            "line 16: resources.hello.props.triggers must be a list of maps, but is a map");
  EXPECT_EQ(Refusal(With("[{triggerType: http}]")),
            "line 16: resources.hello.props.triggers[0].triggerName is missing");
  EXPECT_EQ(Refusal(With("[{triggerName: a}]")),
            "line 16: resources.hello.props.triggers[0].triggerType is missing");
  EXPECT_EQ(Refusal(With("[{triggerName: a, triggerType: timer}]")),
            "line 16: resources.hello.props.triggers[0].triggerConfig is missing");
  EXPECT_EQ(Refusal(Timer("enable: true")),
            "line 16: resources.hello.props.triggers[0].triggerConfig.cronExpression is missing");
  EXPECT_EQ(Refusal(Timer("cronExpression: '@every 1m', enable: maybe")),
            "line 16: resources.hello.props.triggers[0].triggerConfig.enable must be true or "
            "false, but is 'maybe'");
}

TEST_F(TriggerSectionTest, RefusesWordsThatAnHttpTriggerDoesNotHave) {
  EXPECT_THAT(Refusal(Http("authType: secret")),
              HasSubstr("authType is secret, but can be one of anonymous, function, jwt"));
  EXPECT_THAT(Refusal(Http("methods: [GET, FETCH]")),
              HasSubstr("methods names FETCH, but the platform takes GET, POST, PUT"));
}

TEST_F(TriggerSectionTest, RefusesTwoOfOneName) {
  const std::string timer =
      "{triggerName: t, triggerType: timer, triggerConfig: {cronExpression: '@every 1m'}}";

  EXPECT_THAT(Refusal(With("[" + timer + ", " + timer + "]")),
              HasSubstr("triggers[1].triggerName is t, which another trigger is called too"));
}

TEST_F(TriggerSectionTest, HasOneHttpTriggerForAVersion) {
  const std::string first = "[{triggerName: a, triggerType: http}, ";
  EXPECT_THAT(Refusal(With(first + "{triggerName: b, triggerType: http}]")),
              HasSubstr("triggers[1].triggerType is http a second time"));

  const auto function = Read(With(first + "{triggerName: b, triggerType: http, qualifier: prod}]"));
  ASSERT_TRUE(function.has_value()) << function.error().message;
  EXPECT_EQ(function->definition.http_trigger->name, "a");
  EXPECT_THAT(function->without_effect,
              ElementsAre("resources.hello.props.triggers[1] (http of prod)"));
}

}  // namespace
}  // namespace openfc::emulator
