#pragma once

#include "runtime/base/error.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace openfc::emulator {

/// A YAML document as plain values: what was written, and on which line. Aliases and merge keys are
/// expanded; nothing is interpreted, a number is its text.
struct YamlNode {
  enum class Kind {
    kNull,
    kText,
    kList,
    kMap,
    kPlaceholder,  // `{{ name }}` without quotes: a gap of a template, which YAML takes for a map.
  };

  Kind kind = Kind::kNull;
  int line = 0;  // From 1.
  std::string text = {};
  std::vector<YamlNode> items = {};                            // Of a list.
  std::vector<std::pair<std::string, YamlNode>> entries = {};  // Of a map, in order.

  /// Null when this is no map, or has no such key.
  const YamlNode* Find(std::string_view key) const;
};

/// kInvalidArgument with a sentence that names the line, for what is no YAML, a key that stands
/// twice, or a document that is too large or too deep to be meant.
Expected<YamlNode> ParseYaml(const std::string& text);

}  // namespace openfc::emulator
