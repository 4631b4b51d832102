#include "tests/unit/emulator/service_file/service_file_test.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace openfc::emulator {
namespace {

using std::chrono::seconds;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class HookSectionTest : public ServiceFileTest {};

TEST_F(HookSectionTest, ReadsTheHooksOfEdition3) {
  const auto function = Read(Replace(kFc3, "      timeout: 10\n",
                                     "      instanceLifecycleConfig:\n"
                                     "        initializer: {handler: app.start, timeout: 20}\n"
                                     "        preStop: {handler: app.stop}\n"
                                     "        preFreeze: {handler: app.freeze}\n"));

  ASSERT_TRUE(function.has_value()) << function.error().message;
  const FunctionDefinition& definition = function->definition;
  EXPECT_EQ(definition.initializer, (HookDefinition{"app.start", seconds(20)}));
  EXPECT_EQ(definition.pre_stop, (HookDefinition{"app.stop", seconds(3)}));
  EXPECT_EQ(definition.pre_freeze, std::nullopt);
  EXPECT_THAT(function->without_effect,
              ElementsAre("resources.hello.props.instanceLifecycleConfig.preFreeze"));
}

TEST_F(HookSectionTest, ReadsTheHooksOfEdition1) {
  const auto function =
      Read(Replace(kFc2, "        timeout: 5\n",
                   "        initializer: index.start\n        initializationTimeout: 20\n"
                   "        instanceLifecycleConfig:\n"
                   "          preFreeze: {handler: index.freeze, timeout: 9}\n"
                   "          preStop: {handler: index.stop}\n"));

  ASSERT_TRUE(function.has_value()) << function.error().message;
  const FunctionDefinition& definition = function->definition;
  EXPECT_EQ(definition.initializer, (HookDefinition{"index.start", seconds(20)}));
  EXPECT_EQ(definition.pre_freeze, (HookDefinition{"index.freeze", seconds(9)}));
  EXPECT_EQ(definition.pre_stop, (HookDefinition{"index.stop", seconds(3)}));
}

TEST_F(HookSectionTest, ReadsTheCommandsOfEdition3) {
  const auto function =
      Read(Replace(kFc3, "      timeout: 10\n",
                   "      instanceLifecycleConfig:\n"
                   "        initializer: {command: [./warm-up], handler: app.start}\n"
                   "        preStop: {command: [sh, stop.sh], timeout: 5}\n"));

  ASSERT_TRUE(function.has_value()) << function.error().message;
  EXPECT_EQ(function->definition.initializer,
            (HookDefinition{"app.start", seconds(3), {"./warm-up"}}));
  EXPECT_EQ(function->definition.pre_stop, (HookDefinition{"", seconds(5), {"sh", "stop.sh"}}));
  EXPECT_THAT(function->without_effect, IsEmpty());
}

TEST_F(HookSectionTest, HasNoCommandsInEdition1) {
  const auto function =
      Read(Replace(kFc2, "timeout: 5", "instanceLifecycleConfig: {preStop: {command: [x]}}"));

  ASSERT_TRUE(function.has_value()) << function.error().message;
  EXPECT_EQ(function->definition.pre_stop, std::nullopt);
  EXPECT_THAT(function->without_effect,
              Contains("services.hello.props.function.instanceLifecycleConfig.preStop.command"));
}

TEST_F(HookSectionTest, TakesAHookWithNothingToRunForNone) {
  const auto nothing =
      Read(Replace(kFc3, "timeout: 10", "instanceLifecycleConfig: {preStop: {timeout: 5}}"));
  ASSERT_TRUE(nothing.has_value()) << nothing.error().message;
  EXPECT_EQ(nothing->definition.pre_stop, std::nullopt);

  const auto empty = Read(Replace(kFc2, "timeout: 5", "initializer: ''"));
  ASSERT_TRUE(empty.has_value()) << empty.error().message;
  EXPECT_EQ(empty->definition.initializer, std::nullopt);
}

TEST_F(HookSectionTest, RefusesAHookOfAnotherShape) {
  EXPECT_EQ(Refusal(Replace(kFc3, "timeout: 10", "instanceLifecycleConfig: {preStop: app.stop}")),
            "line 16: resources.hello.props.instanceLifecycleConfig.preStop must be a map, but is "
            "'app.stop'");
  EXPECT_EQ(Refusal(Replace(kFc2, "timeout: 5", "initializationTimeout: long")),
            "line 17: services.hello.props.function.initializationTimeout must be a whole number, "
            "but is 'long'");
}

}  // namespace
}  // namespace openfc::emulator
