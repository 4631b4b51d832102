#pragma once

#include "emulator/service_file/substitution.h"
#include "emulator/service_file/yaml_tree.h"
#include "emulator/variables.h"
#include "runtime/base/error.h"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace openfc::emulator {

/// One map of a s.yaml, read key by key with the types that are expected there. An absent key gives
/// nothing; one of another type an Error with the key's path and line. Remembers what was read, so
/// that the rest can be named.
class YamlSection {
 public:
  /// `map` is resolved and a map. `path` is its own, `resources.hello.props`; empty: the document.
  YamlSection(YamlNode map, std::string path, const Substitution& substitution)
      : map_(std::move(map)), path_(std::move(path)), substitution_(substitution) {}

  const std::string& path() const { return path_; }
  int line() const { return map_.line; }
  std::string PathOf(std::string_view key) const;

  /// `key` was looked at by other means.
  void MarkRead(std::string_view key) { read_.emplace(key); }

  /// Any kind, resolved.
  Expected<std::optional<YamlNode>> Node(std::string_view key);

  Expected<std::optional<std::string>> Text(std::string_view key);
  Expected<std::optional<std::int64_t>> Number(std::string_view key);
  Expected<std::optional<YamlSection>> Section(std::string_view key);

  /// A map of texts.
  Expected<Variables> Texts(std::string_view key);

  /// As Text(), but an absent key is an Error.
  Expected<std::string> RequiredText(std::string_view key);

  /// All keys, read or not, in the file's order.
  std::vector<std::string> Keys() const;

  /// The paths of those that nobody has asked for.
  std::vector<std::string> UnreadPaths() const;

 private:
  Error WrongType(std::string_view key, const YamlNode& node, std::string_view expected) const;

  YamlNode map_;
  std::string path_;
  const Substitution& substitution_;
  std::set<std::string, std::less<>> read_;
};

}  // namespace openfc::emulator
