#include "sandbox/api/premierlangage/execute_config.h"

#include "sandbox/api/premierlangage/json_fault.h"
#include "sandbox/api/premierlangage/python_words.h"

#include <nlohmann/json.hpp>

#include <utility>

namespace openfc::sandbox {
namespace {

using Json = nlohmann::ordered_json;
using MaybeRefused = std::optional<Refusal>;

bool HasNul(const std::string& text) { return text.find('\0') != std::string::npos; }

Refusal WrongType(const std::string& field, const std::string& wanted, const Json& value) {
  return {.text = field + " must be " + wanted + ", not " + PythonTypeOf(value.dump())};
}

/// In Python a bool is an int.
bool IsTimeout(const Json& value) { return value.is_number() || value.is_boolean(); }

double SecondsOf(const Json& value) {
  if (value.is_boolean()) return value.get<bool>() ? 1 : 0;
  return value.get<double>();
}

/// Nothing when it is badly formatted, or has more than a command may.
std::optional<ShellCommand> CommandOf(const Json& value, double default_timeout) {
  ShellCommand command{
      .text = {}, .timeout = default_timeout, .timeout_text = PythonFloat(default_timeout)};
  if (value.is_string()) {
    command.text = value.get<std::string>();
  } else if (value.is_object() && value.contains("command") && value["command"].is_string()) {
    command.text = value["command"].get<std::string>();
    for (const auto& [name, content] : value.items()) {
      if (name == "timeout" && IsTimeout(content)) {
        command.timeout = SecondsOf(content);
        command.timeout_text = PythonStr(content.dump());
      } else if (name != "command") {
        return std::nullopt;
      }
    }
  } else {
    return std::nullopt;
  }
  if (HasNul(command.text)) return std::nullopt;
  if (command.text.starts_with("-")) {
    command.ignores_failure = true;
    command.text.erase(0, 1);
  }
  return command;
}

MaybeRefused ReadEnviron(const Json& config, ExecuteConfig& result) {
  const auto found = config.find("environ");
  if (found == config.end()) return std::nullopt;
  if (!found->is_object()) return WrongType("environ", "an object", *found);
  for (const auto& [name, value] : found->items()) {
    const std::string text = PythonStr(value.dump());
    if (name.empty() || name.find('=') != std::string::npos || HasNul(name) || HasNul(text)) {
      return Refusal{.text = "environ holds a name or value that no environment can: " +
                             PythonRepr(Json(name).dump())};
    }
    result.environ.push_back(std::string(name).append("=").append(text));
  }
  return std::nullopt;
}

MaybeRefused ReadCommands(const Json& config, double default_timeout, ExecuteConfig& result) {
  const auto found = config.find("commands");
  if (found == config.end()) return Refusal{.text = "Missing field 'commands' in config"};
  if (!found->is_array()) return WrongType("commands", "a list", *found);
  if (MaybeRefused refused = ReadEnviron(config, result)) return refused;
  if (found->empty()) return Refusal{.text = "Command list cannot be empty"};
  for (const Json& value : *found) {
    auto command = CommandOf(value, default_timeout);
    if (!command)
      return Refusal{.text = "Command badly formatted : '" + PythonStr(value.dump()) + "'"};
    result.commands.push_back(*std::move(command));
  }
  return std::nullopt;
}

MaybeRefused ReadStored(const Json& config,
                        const std::function<bool(const std::string&)>& is_stored,
                        ExecuteConfig& result) {
  const auto found = config.find("environment");
  if (found == config.end() || found->is_null()) return std::nullopt;
  result.environment = PythonStr(found->dump());
  if (found->is_string() && is_stored(*result.environment)) return std::nullopt;
  return Refusal{.status = 404,
                 .text = "No environment with UUID '" + *result.environment + "' found"};
}

MaybeRefused ReadRest(const Json& config, ExecuteConfig& result) {
  const auto path = config.find("result_path");
  if (path != config.end()) {
    if (!path->is_string()) return WrongType("result_path", "a string", *path);
    result.result_path = path->get<std::string>();
  }
  const auto save = config.find("save");
  if (save != config.end()) {
    if (!save->is_boolean()) return WrongType("save", "a boolean", *save);
    result.save = save->get<bool>();
  }
  return std::nullopt;
}

}  // namespace

std::variant<ExecuteConfig, Refusal> ReadExecuteConfig(
    std::string_view text, double default_timeout,
    const std::function<bool(const std::string&)>& is_stored) {
  const auto invalid = [](const std::string& fault) {
    return Refusal{.text = "'config' json is invalid - " + fault};
  };
  if (const auto fault = FindJsonFault(text)) return invalid(*fault);
  const Json config = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  // Python takes NaN, numbers without end and halves of surrogates, which are no JSON.
  if (config.is_discarded()) return invalid("Expecting value: line 1 column 1 (char 0)");
  if (!config.is_object()) {
    return Refusal{.text = "config must be an object, not " + PythonTypeOf(config.dump())};
  }
  ExecuteConfig result;
  if (auto refused = ReadStored(config, is_stored, result)) return *std::move(refused);
  if (auto refused = ReadCommands(config, default_timeout, result)) return *std::move(refused);
  if (auto refused = ReadRest(config, result)) return *std::move(refused);
  return result;
}

}  // namespace openfc::sandbox
