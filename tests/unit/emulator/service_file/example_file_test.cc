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
#include <vector>

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

using Definition = const FunctionDefinition&;
using Changes = std::map<std::string, Change>;

/// Fields that `fclocal invoke` gives to a function that runs, which the integration tests show.
const Changes& ChangesOfInvoke() {
  static const Changes changes = {
      {"vars.region", {"cn-beijing", [](Definition f) { return f.region == "cn-beijing"; }}},
      {"vars.stage", {"prod", [](Definition f) { return f.name.ends_with("-prod"); }}},
      {"hello.functionName", {"other", [](Definition f) { return f.name == "other"; }}},
      {"hello.region", {"cn-beijing", [](Definition f) { return f.region == "cn-beijing"; }}},
      {"hello.runtime", {"python3.12", [](Definition f) { return f.runtime == "python3.12"; }}},
      {"hello.code", {"./other", [](Definition f) { return f.code_path.ends_with("/other"); }}},
      {"hello.handler", {"app.main", [](Definition f) { return f.handler == "app.main"; }}},
      {"hello.memorySize", {"512", [](Definition f) { return f.memory_mb == 512; }}},
      {"hello.timeout", {"20", [](Definition f) { return f.timeout == seconds(20); }}},
      {"hello.environmentVariables.STAGE",
       {"x", [](Definition f) { return f.environment.at("STAGE") == "x"; }}},
      {"hello.environmentVariables.GREETING",
       {"x", [](Definition f) { return f.environment.at("GREETING") == "x"; }}},
      {"hello.instanceLifecycleConfig.initializer.handler",
       {"app.start", [](Definition f) { return f.initializer->handler == "app.start"; }}},
      {"hello.instanceLifecycleConfig.initializer.timeout",
       {"7", [](Definition f) { return f.initializer->timeout == seconds(7); }}},
      {"hello.instanceLifecycleConfig.preStop.handler",
       {"app.stop", [](Definition f) { return f.pre_stop->handler == "app.stop"; }}},
      {"hello.instanceLifecycleConfig.preStop.timeout",
       {"7", [](Definition f) { return f.pre_stop->timeout == seconds(7); }}},
      {"hello.logConfig.project", {"x", [](Definition f) { return f.log_project == "x"; }}},
      {"hello.logConfig.logstore", {"x", [](Definition f) { return f.log_store == "x"; }}},
  };
  return changes;
}

using Words = std::vector<std::string>;

/// Fields that only `fclocal start` lets be felt.
const Changes& ChangesOfStart() {
  static const Changes changes = {
      {"hello.cpu", {"0.2", [](Definition f) { return f.cpu == 0.2; }}},
      {"hello.triggers[0].triggerName",
       {"site", [](Definition f) { return f.http_trigger->name == "site"; }}},
      {"hello.triggers[0].triggerType",
       {"oss", [](Definition f) { return !f.http_trigger.has_value(); }}},
      {"hello.triggers[0].triggerConfig.authType",
       {"function", [](Definition f) { return f.http_trigger->auth_type == "function"; }}},
      {"hello.triggers[0].triggerConfig.methods",
       {"[PUT]", [](Definition f) { return f.http_trigger->methods == Words{"PUT"}; }}},
      {"hello.triggers[1].triggerName",
       {"tock", [](Definition f) { return f.timers[0].name == "tock"; }}},
      {"hello.triggers[1].triggerType", {"oss", [](Definition f) { return f.timers.empty(); }}},
      {"hello.triggers[1].triggerConfig.cronExpression",
       {"'@every 1m'", [](Definition f) { return f.timers[0].expression == "@every 1m"; }}},
      {"hello.triggers[1].triggerConfig.enable",
       {"true", [](Definition f) { return f.timers[0].is_enabled; }}},
      {"hello.triggers[1].triggerConfig.payload",
       {"x", [](Definition f) { return f.timers[0].payload == "x"; }}},
      {"hello.asyncInvokeConfig.asyncTask",
       {"false", [](Definition f) { return !f.async.has_tasks; }}},
      {"hello.asyncInvokeConfig.maxAsyncEventAgeInSeconds",
       {"60", [](Definition f) { return f.async.max_age == seconds(60); }}},
      {"hello.asyncInvokeConfig.maxAsyncRetryAttempts",
       {"0", [](Definition f) { return f.async.max_retries == 0; }}},
      {"hello.asyncInvokeConfig.destinationConfig.onSuccess.destination",
       {"x", [](Definition f) { return f.async.on_success == "x"; }}},
      {"hello.asyncInvokeConfig.destinationConfig.onFailure.destination",
       {"x", [](Definition f) { return f.async.on_failure == "x"; }}},
  };
  return changes;
}

/// As above, of the custom runtime.
const Changes& ChangesOfServer() {
  static const Changes changes = {
      {"server.functionName", {"other", [](Definition f) { return f.name == "other"; }}},
      {"server.runtime", {"custom", [](Definition f) { return f.runtime == "custom"; }}},
      {"server.code", {"./other", [](Definition f) { return f.code_path.ends_with("/other"); }}},
      {"server.instanceConcurrency",
       {"7", [](Definition f) { return f.instance_concurrency == 7; }}},
      {"server.layers",
       {"[a, b]",
        [](Definition f) {
          return f.layers == Words{"a", "b"};
        }}},
      {"server.instanceLifecycleConfig.preStop.command",
       {"[x]", [](Definition f) { return f.pre_stop->command == Words{"x"}; }}},
      {"server.customRuntimeConfig.command",
       {"[node]", [](Definition f) { return f.custom->command.front() == "node"; }}},
      {"server.customRuntimeConfig.args",
       {"[x]", [](Definition f) { return f.custom->command.back() == "x"; }}},
      {"server.customRuntimeConfig.port",
       {"9001", [](Definition f) { return f.custom->port == 9001; }}},
      {"server.customRuntimeConfig.healthCheckConfig.httpGetUrl",
       {"/up", [](Definition f) { return f.custom->health->path == "/up"; }}},
      {"server.customRuntimeConfig.healthCheckConfig.initialDelaySeconds",
       {"9", [](Definition f) { return f.custom->health->initial_delay == seconds(9); }}},
      {"server.customRuntimeConfig.healthCheckConfig.periodSeconds",
       {"9", [](Definition f) { return f.custom->health->period == seconds(9); }}},
      {"server.customRuntimeConfig.healthCheckConfig.timeoutSeconds",
       {"3", [](Definition f) { return f.custom->health->timeout == seconds(3); }}},
      {"server.customRuntimeConfig.healthCheckConfig.failureThreshold",
       {"9", [](Definition f) { return f.custom->health->failure_threshold == 9; }}},
      {"server.customRuntimeConfig.healthCheckConfig.successThreshold",
       {"9", [](Definition f) { return f.custom->health->success_threshold == 9; }}},
  };
  return changes;
}

Changes AllChanges() {
  Changes changes = ChangesOfInvoke();
  changes.insert(ChangesOfStart().begin(), ChangesOfStart().end());
  changes.insert(ChangesOfServer().begin(), ChangesOfServer().end());
  return changes;
}

/// Every leaf below `node`, by its path, with its line. A list of texts is one.
void ListLeaves(const YamlNode& node, const std::string& path, std::map<std::string, int>& leaves) {
  const bool has_maps = !node.items.empty() && !node.items.front().entries.empty();
  if (node.entries.empty() && !has_maps) leaves[path] = node.line;
  for (const auto& [key, value] : node.entries) ListLeaves(value, path + "." + key, leaves);
  if (!has_maps) return;
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    ListLeaves(node.items[i], path + "[" + std::to_string(i) + "]", leaves);
  }
}

std::map<std::string, int> LeavesOfExample() {
  const YamlNode tree = *ParseYaml(ReadExample());
  std::map<std::string, int> leaves;
  ListLeaves(*tree.Find("vars"), "vars", leaves);
  for (const auto& [key, resource] : tree.Find("resources")->entries) {
    ListLeaves(*resource.Find("props"), key, leaves);
  }
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
  std::vector<ServiceFunction> ReadAll(const std::string& text, const Variables& environment = {}) {
    auto functions =
        ReadServiceFunctions({.path = folder_.WriteFile("s.yaml", text).string()}, environment);
    if (!functions) throw std::runtime_error(functions.error().message);
    return *std::move(functions);
  }
  /// The function that a field of that path belongs to.
  FunctionDefinition Read(const std::string& text, const std::string& path) {
    return ReadAll(text).at(path.starts_with("server.") ? 1 : 0).definition;
  }

  openfc::testing::TempDir folder_;
};

TEST_F(ExampleFileTest, HoldsNoFieldWithoutEffect) {
  for (const ServiceFunction& function : ReadAll(ReadExample())) {
    EXPECT_THAT(function.without_effect, IsEmpty()) << function.definition.name;
    EXPECT_THAT(function.notices, IsEmpty()) << function.definition.name;
  }
}

TEST_F(ExampleFileTest, EachFieldOfItChangesTheFunction) {
  const Changes changes = AllChanges();
  for (const auto& [path, line] : LeavesOfExample()) {
    const auto change = changes.find(path);
    ASSERT_NE(change, changes.end()) << path << " has no row in this test";
    EXPECT_FALSE(change->second.shows(Read(ReadExample(), path))) << path;

    const FunctionDefinition changed = Read(WithValue(line, change->second.value), path);

    EXPECT_TRUE(change->second.shows(changed)) << path;
  }
}

TEST_F(ExampleFileTest, HoldsEveryFieldThatIsUnderstood) {
  std::set<std::string> in_example;
  for (const auto& [path, line] : LeavesOfExample()) in_example.insert(path);
  std::set<std::string> in_test;
  for (const auto& [path, change] : AllChanges()) in_test.insert(path);

  EXPECT_EQ(in_example, in_test);
}

TEST_F(ExampleFileTest, TakesTheEnvironmentWhereItSaysSo) {
  const auto functions = ReadAll(ReadExample(), {{"GREETING", "servus"}});

  EXPECT_EQ(functions[0].definition.environment.at("GREETING"), "servus");
}

}  // namespace
}  // namespace openfc::emulator
