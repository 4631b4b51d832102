#include "sandbox/api/premierlangage/execute_config.h"

#include <gmock/gmock.h>

#include <string>
#include <utility>
#include <vector>

namespace openfc::sandbox {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr const char* kStored = "24df3aec-cb1d-4a6e-b3f7-9f6cd2d512c6";

std::variant<ExecuteConfig, Refusal> Read(const std::string& text) {
  return ReadExecuteConfig(text, 10.0, [](const std::string& uuid) { return uuid == kStored; });
}

/// Status and text of a refusal; "none".
std::string Refused(const std::string& text) {
  const auto read = Read(text);
  const auto* refusal = std::get_if<Refusal>(&read);
  return refusal == nullptr ? "none" : std::to_string(refusal->status) + " " + refusal->text;
}

ExecuteConfig Taken(const std::string& text) {
  EXPECT_EQ(Refused(text), "none") << text;
  auto read = Read(text);
  auto* config = std::get_if<ExecuteConfig>(&read);
  return config == nullptr ? ExecuteConfig{} : std::move(*config);
}

TEST(ExecuteConfigTest, ReadsCommands) {
  const ExecuteConfig config = Taken(
      R"({"commands": ["ls", "-false", " -x", {"command": "-sleep 1", "timeout": 0.2},
          {"timeout": 3, "command": "--a"}, {"command": "b", "timeout": true}], "other": 1})");

  ASSERT_EQ(config.commands.size(), 6U);
  EXPECT_EQ(config.commands[0].text, "ls");
  EXPECT_FALSE(config.commands[0].ignores_failure);
  EXPECT_EQ(config.commands[0].timeout, 10.0);
  EXPECT_EQ(config.commands[0].timeout_text, "10.0");
  EXPECT_EQ(config.commands[1].text, "false");
  EXPECT_TRUE(config.commands[1].ignores_failure);
  EXPECT_EQ(config.commands[2].text, " -x");
  EXPECT_FALSE(config.commands[2].ignores_failure);
  EXPECT_EQ(config.commands[3].text, "sleep 1");
  EXPECT_EQ(config.commands[3].timeout_text, "0.2");
  EXPECT_EQ(config.commands[4].text, "-a");
  EXPECT_EQ(config.commands[4].timeout_text, "3");
  EXPECT_EQ(config.commands[5].timeout, 1.0);
  EXPECT_EQ(config.commands[5].timeout_text, "True");
  EXPECT_FALSE(config.save);
  EXPECT_FALSE(config.result_path);
  EXPECT_THAT(config.environ, IsEmpty());
}

TEST(ExecuteConfigTest, ReadsTheRest) {
  const ExecuteConfig config =
      Taken(std::string(R"({"commands": ["a"], "save": true, "result_path": "r.txt",
          "environ": {"A": "x y", "B": 1, "C": true, "D": null, "E": [1, "z"]},
          "environment": ")") +
            kStored + "\"}");

  EXPECT_TRUE(config.save);
  EXPECT_EQ(config.result_path, "r.txt");
  EXPECT_EQ(config.environment, kStored);
  EXPECT_THAT(config.environ, ElementsAre("A=x y", "B=1", "C=True", "D=None", "E=[1, 'z']"));
}

TEST(ExecuteConfigTest, NoEnvironmentIsNone) {
  EXPECT_FALSE(Taken(R"({"commands": ["a"], "environment": null})").environment);
}

TEST(ExecuteConfigTest, RefusesInTheOriginalsWords) {
  const std::vector<std::pair<std::string, std::string>> kTable = {
      {"{",
       "400 'config' json is invalid - Expecting property name enclosed in double quotes: "
       "line 1 column 2 (char 1)"},
      {"\"Definitely not json\"", "400 config must be an object, not <class 'str'>"},
      {"[]", "400 config must be an object, not <class 'list'>"},
      {"null", "400 config must be an object, not <class 'NoneType'>"},
      {"1.5", "400 config must be an object, not <class 'float'>"},
      {R"({"environment": "x"})", "404 No environment with UUID 'x' found"},
      {R"({"environment": ""})", "404 No environment with UUID '' found"},
      {R"({"environment": 5, "commands": 5})", "404 No environment with UUID '5' found"},
      {R"({"environment": "../a"})", "404 No environment with UUID '../a' found"},
      {"{}", "400 Missing field 'commands' in config"},
      {R"({"commands": "ls"})", "400 commands must be a list, not <class 'str'>"},
      {R"({"commands": {}, "environ": 1})", "400 commands must be a list, not <class 'dict'>"},
      {R"({"commands": [], "environ": [1]})", "400 environ must be an object, not <class 'list'>"},
      {R"({"commands": []})", "400 Command list cannot be empty"},
      {R"({"commands": ["a", 1]})", "400 Command badly formatted : '1'"},
      {R"({"commands": [null]})", "400 Command badly formatted : 'None'"},
      {R"({"commands": [["a", true]]})", "400 Command badly formatted : '['a', True]'"},
      {R"({"commands": [{}]})", "400 Command badly formatted : '{}'"},
      {R"({"commands": [{"command": 1}]})", "400 Command badly formatted : '{'command': 1}'"},
      {R"({"commands": [{"command": "a", "timeout": "1"}]})",
       "400 Command badly formatted : '{'command': 'a', 'timeout': '1'}'"},
      {R"({"commands": [{"command": "a", "timeout": null}]})",
       "400 Command badly formatted : '{'command': 'a', 'timeout': None}'"},
      {R"({"commands": [{"command": "a", "cwd": "/"}]})",
       "400 Command badly formatted : '{'command': 'a', 'cwd': '/'}'"},
      {R"({"commands": ["a"], "result_path": 1, "save": 1})",
       "400 result_path must be a string, not <class 'int'>"},
      {R"({"commands": ["a"], "result_path": null})",
       "400 result_path must be a string, not <class 'NoneType'>"},
      {R"({"commands": ["a"], "save": 1})", "400 save must be a boolean, not <class 'int'>"},
      {R"({"commands": ["a"], "save": null})",
       "400 save must be a boolean, not <class 'NoneType'>"},
      {R"({"commands": [1], "save": 1})", "400 Command badly formatted : '1'"},
  };
  for (const auto& [text, refusal] : kTable) EXPECT_EQ(Refused(text), refusal) << text;
}

TEST(ExecuteConfigTest, RefusesWhatNoProcessCanBeGiven) {
  EXPECT_EQ(Refused("{\"commands\": [\"a\\u0000b\"]}"),
            std::string("400 Command badly formatted : 'a\0b'", 35));
  EXPECT_EQ(Refused(R"({"commands": ["a"], "environ": {"A=B": ""}})"),
            "400 environ holds a name or value that no environment can: 'A=B'");
  EXPECT_EQ(Refused(R"({"commands": ["a"], "environ": {"": ""}})"),
            "400 environ holds a name or value that no environment can: ''");
  EXPECT_EQ(Refused(R"({"commands": ["a"], "environ": {"A": "\u0000"}})"),
            "400 environ holds a name or value that no environment can: 'A'");
}

TEST(ExecuteConfigTest, RefusesWhatOnlyPythonTakesForJson) {
  EXPECT_EQ(Refused(R"({"commands": ["a"], "x": NaN})"),
            "400 'config' json is invalid - Expecting value: line 1 column 1 (char 0)");
  EXPECT_EQ(Refused("{\"commands\": [\"\xff\"]}"),
            "400 'config' json is invalid - Expecting value: line 1 column 1 (char 0)");
}

}  // namespace
}  // namespace openfc::sandbox
