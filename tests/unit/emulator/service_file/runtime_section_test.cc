#include "tests/unit/emulator/service_file/service_file_test.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace openfc::emulator {
namespace {

using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class RuntimeSectionTest : public ServiceFileTest {
 protected:
  /// The function of edition 3 as a custom runtime, and without a handler.
  static std::string Custom(const std::string& config = "{}") {
    return Replace(
        Replace(Replace(kFc3, "python3.10", "custom.debian10"), "handler: app.main", "role: r"),
        "timeout: 10", "customRuntimeConfig: " + config);
  }
  static std::string CustomOfEdition1(const std::string& more) {
    return Replace(Replace(kFc2, "runtime: python3", "runtime: custom"), "timeout: 5", more);
  }
};

TEST_F(RuntimeSectionTest, IsBuiltInForPython) {
  EXPECT_EQ(Read(kFc3)->definition.custom.has_value(), false);
  EXPECT_EQ(Read(kFc2)->definition.custom.has_value(), false);
}

TEST_F(RuntimeSectionTest, IsAServerOfTheUsers) {
  const auto function = Read(Custom(R"(
        command: [python3]
        args: [server.py, -v]
        port: 8099
        healthCheckConfig:
          httpGetUrl: /healthz
          initialDelaySeconds: 1
          periodSeconds: 4
          timeoutSeconds: 2
          failureThreshold: 5
          successThreshold: 6)"));

  ASSERT_TRUE(function.has_value()) << function.error().message;
  EXPECT_EQ(function->definition.runtime, "custom.debian10");
  EXPECT_EQ(function->definition.handler, "index.handler");
  const CustomRuntime& custom = *function->definition.custom;
  EXPECT_THAT(custom.command, ElementsAre("python3", "server.py", "-v"));
  EXPECT_EQ(custom.port, 8099);
  ASSERT_TRUE(custom.health.has_value());
  EXPECT_EQ(custom.health->path, "/healthz");
  EXPECT_EQ(custom.health->initial_delay, seconds(1));
  EXPECT_EQ(custom.health->period, seconds(4));
  EXPECT_EQ(custom.health->timeout, seconds(2));
  EXPECT_EQ(custom.health->failure_threshold, 5);
  EXPECT_EQ(custom.health->success_threshold, 6);
  EXPECT_THAT(function->without_effect, ElementsAre("resources.hello.props.role"));
}

TEST_F(RuntimeSectionTest, HasThePlatformsDefaults) {
  for (const char* const name :
       {"custom", "custom.debian10", "custom.debian11", "custom.debian12"}) {
    const auto function = Read(Replace(kFc3, "python3.10", name));

    ASSERT_TRUE(function.has_value()) << function.error().message;
    ASSERT_TRUE(function->definition.custom.has_value()) << name;
    EXPECT_THAT(function->definition.custom->command, IsEmpty());
    EXPECT_EQ(function->definition.custom->port, 9000);
    EXPECT_EQ(function->definition.custom->health.has_value(), false);
  }
}

TEST_F(RuntimeSectionTest, HasItsPortInTheFunctionInEdition1) {
  const auto function = Read(CustomOfEdition1(R"(caPort: 8080
        customHealthCheckConfig: {httpGetUrl: /up}
        customRuntimeConfig: {command: [./server], port: 1})"));

  ASSERT_TRUE(function.has_value()) << function.error().message;
  const CustomRuntime& custom = *function->definition.custom;
  EXPECT_EQ(custom.port, 8080);
  EXPECT_THAT(custom.command, ElementsAre("./server"));
  EXPECT_EQ(custom.health->path, "/up");
  EXPECT_THAT(function->without_effect,
              ElementsAre("services.hello.props.service.role",
                          "services.hello.props.function.customRuntimeConfig.port"));
}

TEST_F(RuntimeSectionTest, RunsSeveralAtOnceWithoutANotice) {
  const auto function = Read(Custom("{}\n      instanceConcurrency: 20"));

  ASSERT_TRUE(function.has_value()) << function.error().message;
  EXPECT_EQ(function->definition.instance_concurrency, 20);
  EXPECT_THAT(function->notices, IsEmpty());
}

TEST_F(RuntimeSectionTest, RefusesWhatCannotBeMeant) {
  EXPECT_EQ(Refusal(Custom("{port: 0}")),
            "line 16: resources.hello.props.customRuntimeConfig.port is 0, but ports are 1 to "
            "65535");
  EXPECT_THAT(Refusal(Custom("{port: 65536}")), HasSubstr("port is 65536, but ports are"));
  EXPECT_THAT(Refusal(CustomOfEdition1("caPort: -1")), HasSubstr("function.caPort is -1, but"));
  EXPECT_THAT(Refusal(Custom("{command: python3}")),
              HasSubstr("command must be a list of texts, but is 'python3'"));
  EXPECT_THAT(Refusal(Custom("{args: [x]}")),
              HasSubstr("args has arguments, but there is no command that takes them"));
  EXPECT_THAT(Refusal(Custom("{healthCheckConfig: {}}")),
              HasSubstr("healthCheckConfig.httpGetUrl is missing"));
}

TEST_F(RuntimeSectionTest, SaysWhatToDoWithAnotherLanguage) {
  for (const char* const name : {"nodejs18", "java11", "go1", "python2.7", "custom.debian9"}) {
    EXPECT_EQ(Refusal(Replace(kFc3, "python3.10", name)),
              "line 12: resources.hello.props.runtime is " + std::string(name) +
                  ", which is not built in here, python3 is: give a start command that serves HTTP "
                  "with `runtime: custom.debian12` and customRuntimeConfig.command, or a program "
                  "that speaks the Runtime API with --bootstrap");
  }
}

TEST_F(RuntimeSectionTest, SaysWhatToDoWithAnImage) {
  EXPECT_THAT(Refusal(Replace(kFc3, "python3.10", "custom-container")),
              HasSubstr("runtime is custom-container, but no image is run here: unpack what is in "
                        "it, and give its start command"));
}

TEST_F(RuntimeSectionTest, IsNotAskedForWhenAProgramTakesItsPlace) {
  query_.has_own_runtime = true;

  const auto function = Read(Replace(Custom(), "role: r", "handler: x"));

  ASSERT_TRUE(function.has_value()) << function.error().message;
  EXPECT_EQ(function->definition.custom.has_value(), false);
  EXPECT_THAT(function->without_effect, ElementsAre("resources.hello.props.runtime",
                                                    "resources.hello.props.customRuntimeConfig"));
}

}  // namespace
}  // namespace openfc::emulator
