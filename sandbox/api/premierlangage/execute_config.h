#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace openfc::sandbox {

/// One command of a request, for bash.
struct ShellCommand {
  std::string text;  // Without the `-` that lets it fail.
  bool ignores_failure = false;
  double timeout = 0;        // Seconds.
  std::string timeout_text;  // As Python prints it.
};

/// What a request for /execute/ wants done.
struct ExecuteConfig {
  std::vector<ShellCommand> commands;
  std::vector<std::string> environ;  // NAME=value.
  std::optional<std::string> environment;
  std::optional<std::string> result_path;
  bool save = false;
};

/// Why a request is not served: a status and its text.
struct Refusal {
  int status = 400;
  std::string text;
};

/// Reads and judges the JSON of the field `config`, in the original's order and words. `is_stored`
/// says whether there is an environment of that name; `default_timeout` is in seconds.
std::variant<ExecuteConfig, Refusal> ReadExecuteConfig(
    std::string_view text, double default_timeout,
    const std::function<bool(const std::string&)>& is_stored);

}  // namespace openfc::sandbox
