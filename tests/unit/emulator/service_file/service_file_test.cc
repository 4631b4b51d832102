#include "tests/unit/emulator/service_file/service_file_test.h"

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
  EXPECT_THAT(function->without_effect, ElementsAre("services.hello.props.service.role"));
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
  const auto function = Read(Replace(kFc3, "      timeout: 10\n",
                                     "      timeout: 10\n      diskSize: 512\n      bogus: 1\n") +
                             "    actions: {}\nflow: x\n");

  ASSERT_TRUE(function.has_value()) << function.error().message;
  EXPECT_THAT(function->without_effect,
              ElementsAre("flow", "resources.hello.actions", "resources.hello.props.diskSize",
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

TEST_F(ServiceFileTest, TakesPackages) {
  for (const char* const name : {"code.zip", "app.jar", "app.war"}) {
    const auto function = Read(Replace(kFc3, "./src", std::string("./") + name));

    ASSERT_TRUE(function.has_value()) << function.error().message;
    EXPECT_EQ(function->definition.code_path, (folder_.path() / name).string());
  }
}

TEST_F(ServiceFileTest, RefusesCodeThatIsElsewhere) {
  EXPECT_EQ(
      Refusal(Replace(kFc3, "./src", "{ossBucketName: b, ossObjectName: o}")),
      "line 14: resources.hello.props.code is not in this folder: fetch it, and give its path "
      "with --code");
}

TEST_F(ServiceFileTest, TakesCodeFromAnObject) {
  const auto function = Read(Replace(kFc3, "./src", "{src: ./other}"));

  ASSERT_TRUE(function.has_value()) << function.error().message;
  EXPECT_EQ(function->definition.code_path, (folder_.path() / "other").string());
  EXPECT_EQ(Read(Replace(kFc2, "codeUri: code", "codeUri: {Src: other}"))->definition.code_path,
            (folder_.path() / "other").string());
}

TEST_F(ServiceFileTest, ReadsTheSizesOfAFunction) {
  const auto function =
      Read(Replace(kFc3, "      timeout: 10\n",
                   "      cpu: 0.35\n      layers: [acs:fc:x:layers/a/versions/1, ./layer]\n"));

  ASSERT_TRUE(function.has_value()) << function.error().message;
  EXPECT_EQ(function->definition.cpu, 0.35);
  EXPECT_THAT(function->definition.layers, ElementsAre("acs:fc:x:layers/a/versions/1", "./layer"));
  EXPECT_THAT(function->without_effect, IsEmpty());
  EXPECT_EQ(Refusal(Replace(kFc3, "timeout: 10", "cpu: 0")),
            "line 16: resources.hello.props.cpu must be more than 0");
  EXPECT_EQ(Refusal(Replace(kFc3, "timeout: 10", "layers: one")),
            "line 16: resources.hello.props.layers must be a list of texts, but is 'one'");
}

TEST_F(ServiceFileTest, SaysThatThePlatformRunsBuiltInRuntimesOneByOne) {
  const auto several = Read(Replace(kFc3, "timeout: 10", "instanceConcurrency: 8"));
  ASSERT_TRUE(several.has_value()) << several.error().message;
  EXPECT_EQ(several->definition.instance_concurrency, 8);
  EXPECT_THAT(several->notices,
              ElementsAre("resources.hello.props.instanceConcurrency is 8: it counts here, but the "
                          "platform takes it for custom runtimes only"));

  const auto one = Read(Replace(kFc3, "timeout: 10", "instanceConcurrency: 1"));
  EXPECT_THAT(one->notices, IsEmpty());
}

TEST_F(ServiceFileTest, PassesOnWhatCannotBeSubstituted) {
  EXPECT_THAT(Refusal(Replace(kFc3, "${vars.region}", "${env('NO_SUCH')}")),
              HasSubstr("line 10: the environment variable NO_SUCH is not set"));
  EXPECT_THAT(Refusal(Replace(kFc3, "functionName: hello-fn", "functionName: {{ name }}")),
              HasSubstr("line 11: {{ }} is a gap of a project template"));
  environment_["MODE"] = "from outside";
  EXPECT_THAT(Read(kFc3)->definition.environment, IsSupersetOf({Pair("MODE", "from outside")}));
}

TEST_F(ServiceFileTest, TellsOfCircles) {
  EXPECT_THAT(Refusal(Replace(kFc3, "environmentVariables:\n",
                              "environmentVariables: &a\n        SELF: *a\n")),
              HasSubstr("or goes round in a circle"));
  EXPECT_THAT(Refusal("a: &a [*a, *a]\n"), HasSubstr("or goes round in a circle"));
  EXPECT_THAT(Refusal("a: &a\n  <<: *a\n"), HasSubstr("or goes round in a circle"));
  EXPECT_EQ(Refusal(Replace(kFc3, "region: cn-shanghai", "region: ${vars.region}")),
            "line 5: vars.region is defined by itself");
}

TEST_F(ServiceFileTest, TakesItsFunctionsFromAVariable) {
  const auto function = Read(
      "vars: {all: {f: {component: fc3, props: {functionName: f, runtime: python3.10, "
      "handler: index.handler, code: .}}}}\nresources: ${vars.all}\n");

  ASSERT_TRUE(function.has_value()) << function.error().message;
  EXPECT_EQ(function->definition.name, "f");
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

class AllFunctionsTest : public SeveralFunctionsTest {
 protected:
  Expected<std::vector<ServiceFunction>> ReadAll(const std::string& text) {
    query_.path = folder_.WriteFile("s.yaml", text).string();
    return ReadServiceFunctions(query_, environment_);
  }
  std::vector<std::string> Names(const std::string& text) {
    const auto functions = ReadAll(text);
    if (!functions) return {"error: " + functions.error().message.substr(query_.path.size() + 2)};
    std::vector<std::string> names;
    for (const ServiceFunction& function : *functions) names.push_back(function.definition.name);
    return names;
  }
};

TEST_F(AllFunctionsTest, AreReadInTheFilesOrder) {
  EXPECT_THAT(Names(Several()), ElementsAre("fn-one", "fn-two"));
  EXPECT_THAT(Names(kFc2), ElementsAre("hello-fn"));
}

TEST_F(AllFunctionsTest, AreTheOneThatIsNamed) {
  query_.function = "two";

  EXPECT_THAT(Names(Several()), ElementsAre("fn-two"));
}

TEST_F(AllFunctionsTest, HaveTheKeysOfTheFileWithTheFirst) {
  const auto functions = ReadAll("flow: x\n" + Replace(Several(), "code: .", "code: ., role: r"));

  ASSERT_TRUE(functions.has_value()) << functions.error().message;
  EXPECT_THAT((*functions)[0].without_effect, ElementsAre("flow", "resources.one.props.role"));
  EXPECT_THAT((*functions)[1].without_effect, IsEmpty());
}

TEST_F(AllFunctionsTest, AreRefusedForAnyOfThem) {
  EXPECT_THAT(Names(Replace(Several(), "fn-two, runtime: python3.10", "fn-two, runtime: go1")),
              ElementsAre(HasSubstr("error: line 7: resources.two.props.runtime is go1")));
  EXPECT_THAT(Names("resources: {d: {component: fc3-domain}}\n"),
              ElementsAre(HasSubstr("has no function")));
}

TEST_F(AllFunctionsTest, HaveNamesOfTheirOwn) {
  EXPECT_THAT(
      Names(Replace(Several(), "fn-two", "fn-one")),
      ElementsAre("error: line 6: resources.two has the function name fn-one, which resources.one "
                  "has too"));

  const std::string second =
      "  again:\n    component: fc\n    props: {service: {name: other}, function: {name: hello-fn, "
      "runtime: python3, handler: index.handler, codeUri: .}}\n";
  EXPECT_THAT(Names(kFc2 + second), ElementsAre("hello-fn", "hello-fn"));
}

}  // namespace
}  // namespace openfc::emulator
