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
  Expected<std::optional<int>> Int(std::string_view key);
  Expected<std::optional<double>> Decimal(std::string_view key);
  Expected<std::optional<bool>> Flag(std::string_view key);  // `true` or `false`.
  Expected<std::optional<YamlSection>> Section(std::string_view key);

  /// A map of texts.
  Expected<Variables> Texts(std::string_view key);

  /// A list of texts.
  Expected<std::optional<std::vector<std::string>>> List(std::string_view key);

  /// A list of maps, each with a path like `triggers[0]`.
  Expected<std::vector<YamlSection>> Sections(std::string_view key);

  /// As Text(), but an absent key is an Error.
  Expected<std::string> RequiredText(std::string_view key);

  /// A sentence about what `key` holds, with its line (the map's, where it is absent) and path.
  Error Refusal(std::string_view key, std::string_view what) const;

  /// All keys, read or not, in the file's order.
  std::vector<std::string> Keys() const;

  /// Adds the paths of those that nobody has asked for.
  void ListUnread(std::vector<std::string>& paths) const;

 private:
  template <typename Value>
  Expected<std::optional<Value>> As(std::string_view key, std::string_view expected,
                                    std::optional<Value> (*convert)(const YamlNode&));
  static Error WrongType(const std::string& path, const YamlNode& node, std::string_view expected);

  /// Nothing, or what is in the list.
  Expected<std::optional<std::vector<YamlNode>>> Items(std::string_view key,
                                                       std::string_view expected);

  YamlNode map_;
  std::string path_;
  const Substitution& substitution_;
  std::set<std::string, std::less<>> read_;
};

/// Puts what was read in its place; an absent key leaves the place as it is.
template <typename Value, typename Place>
Status Take(Expected<std::optional<Value>> read, Place& place) {
  if (!read) return read.error();
  if (*read) place = Place{**std::move(read)};
  return Ok();
}

/// As above, for a key that must be there.
template <typename Value>
Status Take(Expected<Value> read, Value& place) {
  if (!read) return read.error();
  place = *std::move(read);
  return Ok();
}

}  // namespace openfc::emulator
