#include "emulator/commands/function_choice.h"

#include "tests/fakes/temp_dir.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

namespace openfc::emulator {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using ::testing::Pair;

constexpr const char* kServiceFile = R"(resources:
  hello:
    component: fc3
    props:
      functionName: hello-fn
      runtime: python3.6
      handler: app.main
      code: src
      timeout: 10
      memorySize: 256
      environmentVariables: {A: file, B: file}
      diskSize: 512
)";

std::string Replace(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

/// Each case runs in a folder of its own.
class ChooseFunctionTest : public ::testing::Test {
 protected:
  ChooseFunctionTest() : before_(std::filesystem::current_path()) {
    std::filesystem::create_directory(folder_.path() / "src");
    std::filesystem::current_path(folder_.path());
  }
  ~ChooseFunctionTest() override { std::filesystem::current_path(before_); }

  Expected<ChosenFunction> Choose() { return ChooseFunction(line_, {}); }
  std::string Refusal() {
    const auto chosen = Choose();
    return chosen ? "" : chosen.error().message;
  }

  const std::filesystem::path before_;
  openfc::testing::TempDir folder_;
  InvokeCommandLine line_{};
};

TEST_F(ChooseFunctionTest, IsTheCurrentFolderWithoutAServiceFile) {
  const auto chosen = Choose();

  ASSERT_TRUE(chosen.has_value()) << chosen.error().message;
  EXPECT_EQ(chosen->definition.code_path, folder_.path().string());
  EXPECT_EQ(chosen->definition.name, folder_.path().filename().string());
  EXPECT_EQ(chosen->definition.handler, "index.handler");
  EXPECT_THAT(chosen->notices, IsEmpty());
}

TEST_F(ChooseFunctionTest, IsTheOneOfTheServiceFileThatIsThere) {
  folder_.WriteFile("s.yaml", kServiceFile);

  const auto chosen = Choose();

  ASSERT_TRUE(chosen.has_value()) << chosen.error().message;
  EXPECT_EQ(chosen->definition.name, "hello-fn");
  EXPECT_EQ(chosen->definition.code_path, (folder_.path() / "src").string());
  ASSERT_EQ(chosen->notices.size(), 2U);
  EXPECT_EQ(chosen->notices[0], "s.yaml: without effect here: resources.hello.props.diskSize");
  EXPECT_THAT(chosen->notices[1],
              HasSubstr("s.yaml says python3.6, but this build runs Python 3."));
}

TEST_F(ChooseFunctionTest, IsTheFolderThatWasNamedInSpiteOfAServiceFile) {
  folder_.WriteFile("s.yaml", kServiceFile);
  line_.code = "src/";

  const auto chosen = Choose();

  ASSERT_TRUE(chosen.has_value()) << chosen.error().message;
  EXPECT_EQ(chosen->definition.name, "src");
  EXPECT_EQ(chosen->definition.code_path, (folder_.path() / "src").string());
}

TEST_F(ChooseFunctionTest, LetsOptionsWin) {
  folder_.WriteFile("other.yaml", kServiceFile);
  line_.config = "other.yaml";
  line_.code = ".";
  line_.handler = "opt.handler";
  line_.timeout = std::chrono::seconds(99);
  line_.memory_mb = 512;
  line_.cpu = 0.25;
  line_.environment = {{"B", "option"}, {"C", "option"}};

  const auto chosen = Choose();

  ASSERT_TRUE(chosen.has_value()) << chosen.error().message;
  const FunctionDefinition& definition = chosen->definition;
  EXPECT_EQ(definition.name, "hello-fn");
  EXPECT_EQ(definition.code_path, folder_.path().string());
  EXPECT_EQ(definition.handler, "opt.handler");
  EXPECT_EQ(definition.timeout, std::chrono::seconds(99));
  EXPECT_EQ(definition.memory_mb, 512);
  EXPECT_EQ(definition.cpu, 0.25);
  EXPECT_THAT(definition.environment,
              ElementsAre(Pair("A", "file"), Pair("B", "option"), Pair("C", "option")));
}

TEST_F(ChooseFunctionTest, ChecksTheDefinition) {
  line_.memory_mb = 100;
  EXPECT_THAT(Refusal(), HasSubstr("steps of 64"));

  line_.lifts_limits = true;
  EXPECT_EQ(Refusal(), "");
}

TEST_F(ChooseFunctionTest, ChecksTheShareOfProcessorsAsThatOfTheFile) {
  line_.cpu = 0.01;
  EXPECT_EQ(Refusal(),
            "the cpu is 0.01, but the platform takes 0.05 to 16 in steps of 0.05 (--no-limits "
            "lifts this)");

  line_.cpu = 2;
  EXPECT_THAT(Refusal(), HasSubstr("the platform takes 1 to 4 GB for each processor"));

  line_.memory_mb = 2048;
  EXPECT_EQ(Refusal(), "");
}

TEST_F(ChooseFunctionTest, LetsTheShareWinForAllFunctionsThatAreServed) {
  folder_.WriteFile("s.yaml", Replace(kServiceFile, "timeout: 10", "cpu: 0.1"));
  StartCommandLine line;
  line.cpu = 0.2;

  const auto chosen = ChooseFunctions(line, {});

  ASSERT_TRUE(chosen.has_value()) << chosen.error().message;
  EXPECT_EQ(chosen->front().definition.cpu, 0.2);
  line.cpu.reset();
  EXPECT_EQ(ChooseFunctions(line, {})->front().definition.cpu, 0.1);
}

TEST_F(ChooseFunctionTest, NeedsTheFilesThatAreNamed) {
  line_.config = "none.yaml";
  EXPECT_THAT(Refusal(), HasSubstr("none.yaml: cannot be read: No such file"));

  line_.config.reset();
  line_.code = "none";
  EXPECT_THAT(Refusal(), HasSubstr("none does not exist"));

  line_.code.reset();
  line_.function = "hello";
  EXPECT_THAT(Refusal(), HasSubstr("there is no s.yaml in this folder"));
}

TEST_F(ChooseFunctionTest, TakesACustomRuntime) {
  folder_.WriteFile("s.yaml", Replace(kServiceFile, "python3.6", "custom.debian12"));

  EXPECT_EQ(Refusal(), "");
  EXPECT_TRUE(Choose()->definition.custom.has_value());

  line_.bootstrap = "src/program";
  EXPECT_EQ(Refusal(), "");
}

TEST_F(ChooseFunctionTest, TakesAPackage) {
  folder_.WriteFile("src.zip", "PK");
  folder_.WriteFile("s.yaml", Replace(kServiceFile, "code: src", "code: src.zip"));

  EXPECT_EQ(Refusal(), "");
}

TEST_F(ChooseFunctionTest, SaysThatItRunsNoCommandsOfHooks) {
  folder_.WriteFile("s.yaml", Replace(kServiceFile, "      timeout: 10\n",
                                      "      instanceLifecycleConfig:\n"
                                      "        initializer: {handler: app.start, command: [a, b]}\n"
                                      "        preStop: {command: [c]}\n"));

  const auto chosen = Choose();

  ASSERT_TRUE(chosen.has_value()) << chosen.error().message;
  EXPECT_EQ(chosen->definition.initializer->handler, "app.start");
  EXPECT_FALSE(chosen->definition.pre_stop.has_value());
  EXPECT_THAT(chosen->notices, IsSupersetOf({"the command of a hook is not run here: a, b",
                                             "the command of a hook is not run here: c"}));
}

TEST_F(ChooseFunctionTest, PassesOnTheNoticesOfTheFile) {
  folder_.WriteFile("s.yaml", Replace(kServiceFile, "timeout: 10", "instanceConcurrency: 2"));

  EXPECT_THAT(Choose()->notices, Contains(HasSubstr("s.yaml: resources.hello.props."
                                                    "instanceConcurrency is 2: it counts here")));
}

}  // namespace
}  // namespace openfc::emulator
