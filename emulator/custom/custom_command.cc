#include "emulator/custom/custom_command.h"

#include <filesystem>
#include <string_view>

namespace openfc::emulator {
namespace {

constexpr std::string_view kPlatformCode = "/code/";

}  // namespace

std::vector<std::string> CommandHere(const std::vector<std::string>& words,
                                     const std::string& code_path) {
  const std::filesystem::path code(code_path);
  std::vector<std::string> here;
  for (const std::string& word : words) {
    const bool is_in_code = word.starts_with(kPlatformCode);
    here.push_back(is_in_code ? (code / word.substr(kPlatformCode.size())).string() : word);
  }
  return here;
}

std::vector<std::string> CommandOf(const FunctionDefinition& function) {
  const auto& command = function.custom->command;
  if (command.empty()) return {(std::filesystem::path(function.code_path) / "bootstrap").string()};
  return CommandHere(command, function.code_path);
}

std::string DescribeCommand(const FunctionDefinition& function) {
  std::string line;
  for (const std::string& word : CommandOf(function)) {
    if (!line.empty()) line += ' ';
    line += word;
  }
  return line;
}

void AddListenPort(const FunctionDefinition& function, Variables& environment) {
  const std::string port = std::to_string(function.custom->port);
  environment["FC_CUSTOM_LISTEN_PORT"] = port;
  environment["FC_SERVER_PORT"] = port;
  environment.emplace("PORT", port);
}

}  // namespace openfc::emulator
