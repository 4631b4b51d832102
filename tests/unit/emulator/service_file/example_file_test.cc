// s.yaml.example at the root: each of its fields changes the function that comes out.

#include "emulator/service_file/service_file.h"
#include "emulator/service_file/yaml_tree.h"
#include "tests/fakes/temp_dir.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <set>
#include <sstream>

namespace openfc::emulator {
namespace {

using std::chrono::seconds;
using ::testing::IsEmpty;

std::string ReadExample() {
  std::ifstream file(OPENFC_SOURCE_DIR "/s.yaml.example");
  return {std::istreambuf_iterator<char>(file), {}};
}

/// One field of the example: another value for it, and how that shows.
struct Change {
  std::string value;
  std::function<bool(const FunctionDefinition&)> shows;
};

const std::map<std::string, Change>& Changes() {
  using Definition = const FunctionDefinition&;
  static const std::map<std::string, Change> changes = {
      {"vars.region", {"cn-beijing", [](Definition f) { return f.region == "cn-beijing"; }}},
      {"vars.stage", {"prod", [](Definition f) { return f.name == "hello-prod"; }}},
      {"props.functionName", {"other", [](Definition f) { return f.name == "other"; }}},
      {"props.region", {"cn-beijing", [](Definition f) { return f.region == "cn-beijing"; }}},
      {"props.runtime", {"python3.12", [](Definition f) { return f.runtime == "python3.12"; }}},
      {"props.code", {"./other", [](Definition f) { return f.code_path.ends_with("/other"); }}},
      {"props.handler", {"app.main", [](Definition f) { return f.handler == "app.main"; }}},
      {"props.memorySize", {"512", [](Definition f) { return f.memory_mb == 512; }}},
      {"props.timeout", {"20", [](Definition f) { return f.timeout == seconds(20); }}},
      {"props.environmentVariables.STAGE",
       {"x", [](Definition f) { return f.environment.at("STAGE") == "x"; }}},
      {"props.environmentVariables.GREETING",
       {"x", [](Definition f) { return f.environment.at("GREETING") == "x"; }}},
      {"props.instanceLifecycleConfig.initializer.handler",
       {"app.start", [](Definition f) { return f.initializer->handler == "app.start"; }}},
      {"props.instanceLifecycleConfig.initializer.timeout",
       {"7", [](Definition f) { return f.initializer->timeout == seconds(7); }}},
      {"props.instanceLifecycleConfig.preStop.handler",
       {"app.stop", [](Definition f) { return f.pre_stop->handler == "app.stop"; }}},
      {"props.instanceLifecycleConfig.preStop.timeout",
       {"7", [](Definition f) { return f.pre_stop->timeout == seconds(7); }}},
      {"props.logConfig.project", {"x", [](Definition f) { return f.log_project == "x"; }}},
      {"props.logConfig.logstore", {"x", [](Definition f) { return f.log_store == "x"; }}},
  };
  return changes;
}

/// Every leaf below `node`, by its path, with its line.
void ListLeaves(const YamlNode& node, const std::string& path, std::map<std::string, int>& leaves) {
  if (node.entries.empty()) leaves[path] = node.line;
  for (const auto& [key, value] : node.entries) ListLeaves(value, path + "." + key, leaves);
}

std::map<std::string, int> LeavesOfExample() {
  const YamlNode tree = *ParseYaml(ReadExample());
  std::map<std::string, int> leaves;
  ListLeaves(*tree.Find("vars"), "vars", leaves);
  ListLeaves(*tree.Find("resources")->Find("hello")->Find("props"), "props", leaves);
  return leaves;
}

/// The example with another value on that line.
std::string WithValue(int line, const std::string& value) {
  std::istringstream lines(ReadExample());
  std::string text;
  std::string current;
  for (int number = 1; std::getline(lines, current); ++number) {
    if (number == line) current = current.substr(0, current.find(':') + 1) + " " + value;
    text += current + "\n";
  }
  return text;
}

class ExampleFileTest : public ::testing::Test {
 protected:
  ServiceFunction Read(const std::string& text, const Variables& environment = {}) {
    auto function =
        ReadServiceFile({.path = folder_.WriteFile("s.yaml", text).string()}, environment);
    if (!function) throw std::runtime_error(function.error().message);
    return *std::move(function);
  }

  openfc::testing::TempDir folder_;
};

TEST_F(ExampleFileTest, HoldsNoFieldWithoutEffect) {
  EXPECT_THAT(Read(ReadExample()).without_effect, IsEmpty());
}

TEST_F(ExampleFileTest, EachFieldOfItChangesTheFunction) {
  const FunctionDefinition plain = Read(ReadExample()).definition;
  for (const auto& [path, line] : LeavesOfExample()) {
    const auto change = Changes().find(path);
    ASSERT_NE(change, Changes().end()) << path << " has no row in this test";
    EXPECT_FALSE(change->second.shows(plain)) << path;

    const FunctionDefinition changed = Read(WithValue(line, change->second.value)).definition;

    EXPECT_TRUE(change->second.shows(changed)) << path;
  }
}

TEST_F(ExampleFileTest, HoldsEveryFieldThatIsUnderstood) {
  std::set<std::string> in_example;
  for (const auto& [path, line] : LeavesOfExample()) in_example.insert(path);
  std::set<std::string> in_test;
  for (const auto& [path, change] : Changes()) in_test.insert(path);

  EXPECT_EQ(in_example, in_test);
}

TEST_F(ExampleFileTest, TakesTheEnvironmentWhereItSaysSo) {
  const auto function = Read(ReadExample(), {{"GREETING", "servus"}});

  EXPECT_EQ(function.definition.environment.at("GREETING"), "servus");
}

}  // namespace
}  // namespace openfc::emulator
