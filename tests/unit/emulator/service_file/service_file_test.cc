#include "emulator/service_file/service_file.h"

#include "tests/fakes/temp_dir.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace openfc::emulator {
namespace {

using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using ::testing::Pair;

constexpr const char* kFc3 = R"(edition: 3.0.0
name: demo
access: default
vars:
  region: cn-shanghai
resources:
  hello:
    component: fc3
    props:
      region: ${vars.region}
      functionName: hello-fn
      runtime: python3.10
      handler: app.main
      code: ./src
      memorySize: 256
      timeout: 10
      environmentVariables:
        MODE: ${env('MODE', 'test')}
        DEBUG: true
      logConfig: {project: logs, logstore: fc}
)";

constexpr const char* kFc2 = R"(edition: 1.0.0
name: demo
services:
  hello:
    component: devsapp/fc@0.1.0
    props:
      region: cn-beijing
      service:
        name: shop
        role: acs:ram
        logConfig: {project: logs, logstore: fc}
      function:
        name: hello-fn
        runtime: python3
        handler: index.handler
        codeUri: code
        timeout: 5
        environmentVariables: {GREETING: hi}
      triggers: [{name: web, type: http}]
)";

class ServiceFileTest : public ::testing::Test {
 protected:
  Expected<ServiceFunction> Read(const std::string& text) {
    query_.path = folder_.WriteFile("s.yaml", text).string();
    return ReadServiceFile(query_, environment_);
  }
  /// The sentence, without the file's name.
  std::string Refusal(const std::string& text) {
    const auto function = Read(text);
    return function ? "" : function.error().message.substr(query_.path.size() + 2);
  }
  static std::string Replace(std::string text, const std::string& from, const std::string& to) {
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
  }

  openfc::testing::TempDir folder_;
  Variables environment_;
  ServiceFileQuery query_;
};

TEST_F(ServiceFileTest, ReadsAFunctionOfEdition3) {
  const auto function = Read(kFc3);

  ASSERT_TRUE(function.has_value()) << function.error().message;
  const FunctionDefinition& definition = function->definition;
  EXPECT_EQ(definition.name, "hello-fn");
  EXPECT_EQ(definition.region, "cn-shanghai");
  EXPECT_EQ(definition.runtime, "python3.10");
  EXPECT_EQ(definition.handler, "app.main");
  EXPECT_EQ(definition.code_path, (folder_.path() / "src").string());
  EXPECT_EQ(definition.memory_mb, 256);
  EXPECT_EQ(definition.timeout, seconds(10));
  EXPECT_THAT(definition.environment, ElementsAre(Pair("DEBUG", "true"), Pair("MODE", "test")));
  EXPECT_EQ(definition.log_project, "logs");
  EXPECT_EQ(definition.log_store, "fc");
  EXPECT_EQ(definition.service_name, "");
  EXPECT_THAT(function->without_effect, IsEmpty());
}

TEST_F(ServiceFileTest, ReadsAFunctionOfEdition1) {
  const auto function = Read(kFc2);

  ASSERT_TRUE(function.has_value()) << function.error().message;
  const FunctionDefinition& definition = function->definition;
  EXPECT_EQ(definition.name, "hello-fn");
  EXPECT_EQ(definition.service_name, "shop");
  EXPECT_EQ(definition.region, "cn-beijing");
  EXPECT_EQ(definition.code_path, (folder_.path() / "code").string());
  EXPECT_EQ(definition.memory_mb, 128);
  EXPECT_EQ(definition.timeout, seconds(5));
  EXPECT_EQ(definition.log_project, "logs");
  EXPECT_THAT(definition.environment, ElementsAre(Pair("GREETING", "hi")));
  EXPECT_THAT(function->without_effect,
              ElementsAre("services.hello.props.service.role", "services.hello.props.triggers"));
}

TEST_F(ServiceFileTest, ReadsTheHooksOfEdition3) {
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

TEST_F(ServiceFileTest, ReadsTheHooksOfEdition1) {
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

TEST_F(ServiceFileTest, TakesAHookWithoutAHandlerForNone) {
  const auto command = Read(
      Replace(kFc3, "      timeout: 10\n",
              "      instanceLifecycleConfig: {preStop: {command: [sh, stop.sh], timeout: 5}}\n"));
  ASSERT_TRUE(command.has_value()) << command.error().message;
  EXPECT_EQ(command->definition.pre_stop, std::nullopt);
  EXPECT_THAT(command->without_effect,
              ElementsAre("resources.hello.props.instanceLifecycleConfig.preStop.command"));

  const auto empty = Read(Replace(kFc2, "timeout: 5", "initializer: ''"));
  ASSERT_TRUE(empty.has_value()) << empty.error().message;
  EXPECT_EQ(empty->definition.initializer, std::nullopt);
}

TEST_F(ServiceFileTest, RefusesAHookOfAnotherShape) {
  EXPECT_EQ(Refusal(Replace(kFc3, "timeout: 10", "instanceLifecycleConfig: {preStop: app.stop}")),
            "line 16: resources.hello.props.instanceLifecycleConfig.preStop must be a map, but is "
            "'app.stop'");
  EXPECT_EQ(Refusal(Replace(kFc2, "timeout: 5", "initializationTimeout: long")),
            "line 17: services.hello.props.function.initializationTimeout must be a whole number, "
            "but is 'long'");
}

TEST_F(ServiceFileTest, HasTheDefaultsOfEdition3) {
  const auto function = Read(
      "resources:\n  f:\n    component: fc3\n    props: {functionName: f, runtime: python3.10, "
      "handler: index.handler, code: .}\n");

  ASSERT_TRUE(function.has_value()) << function.error().message;
  EXPECT_EQ(function->definition.memory_mb, 512);
  EXPECT_EQ(function->definition.timeout, seconds(3));
  EXPECT_EQ(function->definition.region, "cn-hangzhou");
}

TEST_F(ServiceFileTest, NamesTheKeysThatChangeNothing) {
  const auto function = Read(
      Replace(kFc3, "      timeout: 10\n", "      timeout: 10\n      cpu: 0.5\n      bogus: 1\n") +
      "    actions: {}\nflow: x\n");

  ASSERT_TRUE(function.has_value()) << function.error().message;
  EXPECT_THAT(function->without_effect,
              ElementsAre("flow", "resources.hello.actions", "resources.hello.props.cpu",
                          "resources.hello.props.bogus"));
}

TEST_F(ServiceFileTest, GivesWayToWhatWasSaidElsewhere) {
  query_.code_path = "/elsewhere";
  query_.handler = "other.handler";
  query_.has_own_runtime = true;

  const auto function = Read(
      Replace(Replace(kFc3, "python3.10", "go1"), "code: ./src", "code: ${resources.x.output}"));

  ASSERT_TRUE(function.has_value()) << function.error().message;
  EXPECT_EQ(function->definition.code_path, "/elsewhere");
  EXPECT_EQ(function->definition.handler, "other.handler");
  EXPECT_THAT(function->without_effect, ElementsAre("resources.hello.props.runtime"));
}

TEST_F(ServiceFileTest, NamesPathAndLineOfAWrongType) {
  EXPECT_EQ(Refusal(Replace(kFc3, "timeout: 10", "timeout: soon")),
            "line 16: resources.hello.props.timeout must be a whole number, but is 'soon'");
  EXPECT_EQ(Refusal(Replace(kFc3, "memorySize: 256", "memorySize: [256]")),
            "line 15: resources.hello.props.memorySize must be a whole number, but is a list");
  EXPECT_EQ(
      Refusal(Replace(kFc3, "DEBUG: true", "DEBUG: {}")),
      "line 19: resources.hello.props.environmentVariables.DEBUG must be a text, but is a map");
  EXPECT_EQ(Refusal(Replace(kFc2, "function:\n", "function: x\n      other:\n")),
            "line 12: services.hello.props.function must be a map, but is 'x'");
}

TEST_F(ServiceFileTest, NamesWhatIsMissing) {
  EXPECT_EQ(Refusal(Replace(kFc3, "      handler: app.main\n", "")),
            "line 10: resources.hello.props.handler is missing");
  EXPECT_EQ(Refusal(Replace(kFc3, "      functionName: hello-fn\n", "")),
            "line 10: resources.hello.props.functionName is missing");
  EXPECT_EQ(Refusal(Replace(kFc3, "      runtime: python3.10\n", "")),
            "line 10: resources.hello.props.runtime is missing");
  EXPECT_EQ(Refusal(Replace(kFc3, "      code: ./src\n", "")),
            "line 10: resources.hello.props.code is missing");
  EXPECT_EQ(Refusal("resources:\n  f:\n    component: fc3\n"),
            "line 3: resources.f.props is missing");
  EXPECT_EQ(Refusal("resources:\n  f:\n    props: {}\n"),
            "line 3: resources.f.component is missing");
}

TEST_F(ServiceFileTest, RefusesWhatIsNoServiceFile) {
  EXPECT_EQ(Refusal(""), "this is no s.yaml: it has no keys");
  EXPECT_EQ(Refusal("just text"), "this is no s.yaml: it has no keys");
  EXPECT_EQ(Refusal("edition: 3.0.0\n"), "this s.yaml has neither resources nor services");
  EXPECT_THAT(Refusal("a: [\n"), HasSubstr("this is not YAML"));
  EXPECT_EQ(Refusal("resources: {d: {component: fc3-domain}}\n"),
            "this s.yaml has no function: no component in it is fc3 or fc");
}

TEST_F(ServiceFileTest, RefusesAFileThatCannotBeRead) {
  const auto function = ReadServiceFile({.path = "/no/such/s.yaml"}, environment_);

  ASSERT_FALSE(function.has_value());
  EXPECT_EQ(function.error().message, "/no/such/s.yaml: cannot be read: No such file or directory");
}

TEST_F(ServiceFileTest, RefusesCodeThatIsNoFolder) {
  EXPECT_THAT(Refusal(Replace(kFc3, "./src", "./code.zip")),
              HasSubstr("resources.hello.props.code is the archive ./code.zip, but this version "
                        "runs folders only"));
  EXPECT_THAT(Refusal(Replace(kFc3, "./src", "{ossBucketName: b, ossObjectName: o}")),
              HasSubstr("resources.hello.props.code is not in this folder"));
}

TEST_F(ServiceFileTest, TakesCodeFromAnObject) {
  const auto function = Read(Replace(kFc3, "./src", "{src: ./other}"));

  ASSERT_TRUE(function.has_value()) << function.error().message;
  EXPECT_EQ(function->definition.code_path, (folder_.path() / "other").string());
  EXPECT_EQ(Read(Replace(kFc2, "codeUri: code", "codeUri: {Src: other}"))->definition.code_path,
            (folder_.path() / "other").string());
}

TEST_F(ServiceFileTest, RefusesOtherRuntimesThanPython3) {
  for (const char* const runtime : {"nodejs18", "python2.7", "custom.debian10", "go1"}) {
    EXPECT_THAT(Refusal(Replace(kFc3, "python3.10", runtime)),
                HasSubstr(std::string("runtime is ") + runtime +
                          ", but this version runs python3 functions only"));
  }
}

TEST_F(ServiceFileTest, PassesOnWhatCannotBeSubstituted) {
  EXPECT_THAT(Refusal(Replace(kFc3, "${vars.region}", "${env('NO_SUCH')}")),
              HasSubstr("line 10: the environment variable NO_SUCH is not set"));
  EXPECT_THAT(Refusal(Replace(kFc3, "functionName: hello-fn", "functionName: {{ name }}")),
              HasSubstr("line 11: {{ }} is a gap of a project template"));
  environment_["MODE"] = "from outside";
  EXPECT_THAT(Read(kFc3)->definition.environment, IsSupersetOf({Pair("MODE", "from outside")}));
}

class SeveralFunctionsTest : public ServiceFileTest {
 protected:
  static std::string Several() {
    std::string text = "resources:\n";
    for (const char* const name : {"one", "two"}) {
      text += std::string("  ") + name + ":\n    component: fc3\n    props: {functionName: fn-" +
              name + ", runtime: python3.10, handler: index.handler, code: .}\n";
    }
    return text + "  domain:\n    component: fc3-domain\n    props: {x: '${resources.one.y}'}\n";
  }
};

TEST_F(SeveralFunctionsTest, AreToldApartByKeyOrName) {
  query_.function = "two";
  EXPECT_EQ(Read(Several())->definition.name, "fn-two");
  query_.function = "fn-one";
  EXPECT_EQ(Read(Several())->definition.name, "fn-one");
}

TEST_F(SeveralFunctionsTest, AreListedWhenNoneIsNamed) {
  EXPECT_EQ(Refusal(Several()), "this s.yaml has several functions, name one of them: one, two");
}

TEST_F(SeveralFunctionsTest, AreListedWhenAnUnknownOneIsNamed) {
  query_.function = "three";

  EXPECT_EQ(Refusal(Several()), "there is no function three in this s.yaml: it has one, two");
}

TEST_F(SeveralFunctionsTest, DoNotIncludeWhatIsNoFunction) {
  query_.function = "domain";

  EXPECT_THAT(Refusal(Several()),
              HasSubstr("resources.domain is no function: its component is fc3-domain"));
}

}  // namespace
}  // namespace openfc::emulator
