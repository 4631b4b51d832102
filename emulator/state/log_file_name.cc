#include "emulator/state/log_file_name.h"

#include <charconv>

namespace openfc::emulator {
namespace {

constexpr std::string_view kEnding = ".log";

bool IsPlain(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
         (letter >= '0' && letter <= '9') || letter == '-' || letter == '_' || letter == '$';
}

std::optional<char> ReadEscape(std::string_view digits) {
  unsigned value = 0;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  if (digits.size() != 2 || error != std::errc() || end != digits.data() + 2) return std::nullopt;
  return static_cast<char>(value);
}

}  // namespace

std::string LogFolderOf(const std::string& state_folder) { return state_folder + "/logs"; }

std::string LogFileNameOf(std::string_view function) {
  constexpr const char* kDigits = "0123456789abcdef";
  std::string name;
  for (const char letter : function) {
    if (IsPlain(letter)) {
      name.push_back(letter);
      continue;
    }
    const auto byte = static_cast<unsigned char>(letter);
    name.append({'%', kDigits[byte >> 4U], kDigits[byte & 15U]});
  }
  return name.append(kEnding);
}

std::optional<std::string> FunctionOfLogFile(std::string_view name) {
  if (!name.ends_with(kEnding)) return std::nullopt;
  name.remove_suffix(kEnding.size());
  std::string function;
  while (!name.empty()) {
    if (IsPlain(name.front())) {
      function.push_back(name.front());
      name.remove_prefix(1);
      continue;
    }
    if (name.front() != '%' || name.size() < 3) return std::nullopt;
    const auto letter = ReadEscape(name.substr(1, 2));
    if (!letter) return std::nullopt;
    function.push_back(*letter);
    name.remove_prefix(3);
  }
  return function.empty() ? std::nullopt : std::optional<std::string>(function);
}

}  // namespace openfc::emulator
