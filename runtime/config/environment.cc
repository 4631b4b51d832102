#include "runtime/config/environment.h"

#include <charconv>

namespace openfc {

Environment ReadEnvironment(char** block) {
  Environment environment;
  for (char** entry = block; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const auto equals = text.find('=');
    if (equals == std::string_view::npos) continue;
    environment.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return environment;
}

std::vector<std::string> WriteEnvironment(const Environment& environment) {
  std::vector<std::string> entries;
  entries.reserve(environment.size());
  for (const auto& [name, value] : environment) {
    entries.push_back(std::string(name).append("=").append(value));
  }
  return entries;
}

std::optional<std::string> Find(const Environment& environment, std::string_view name) {
  const auto found = environment.find(name);
  if (found == environment.end() || found->second.empty()) return std::nullopt;
  return found->second;
}

std::optional<long> FindNumber(const Environment& environment, std::string_view name) {
  const auto text = Find(environment, name);
  if (!text) return std::nullopt;
  long number = 0;
  const char* const last = text->data() + text->size();
  const auto [end, error] = std::from_chars(text->data(), last, number);
  if (error != std::errc() || end != last) return std::nullopt;
  return number;
}

std::optional<int> FindDescriptor(const Environment& environment, std::string_view name) {
  constexpr long kHighest = 1 << 20;
  const auto number = FindNumber(environment, name);
  if (!number || *number < 0 || *number > kHighest) return std::nullopt;
  return static_cast<int>(*number);
}

}  // namespace openfc
