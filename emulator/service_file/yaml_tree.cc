#include "emulator/service_file/yaml_tree.h"

#include <yaml-cpp/yaml.h>

#include <cstddef>

namespace openfc::emulator {
namespace {

// Aliases can make a small text expand without end.
constexpr std::size_t kMostNodes = 100'000;
constexpr int kMostDepth = 64;
constexpr std::string_view kMergeKey = "<<";

Error Invalid(int line, const std::string& what) {
  return Error{ErrorCode::kInvalidArgument, "line " + std::to_string(line) + ": " + what};
}

int LineOf(const YAML::Node& node) { return node.Mark().line + 1; }

/// Expands one document; counts what it makes.
class Expansion {
 public:
  Expected<YamlNode> Expand(const YAML::Node& node, int depth) {
    if (++count_ > kMostNodes || depth > kMostDepth) {
      return Invalid(LineOf(node),
                     "the document is too large or too deep, or goes round in a circle");
    }
    YamlNode made{.line = LineOf(node)};
    if (node.IsScalar()) {
      made.kind = YamlNode::Kind::kText;
      made.text = node.Scalar();
      return made;
    }
    if (node.IsSequence()) return ExpandList(node, depth, std::move(made));
    if (node.IsMap()) return ExpandMap(node, depth, std::move(made));
    return made;
  }

 private:
  Expected<YamlNode> ExpandList(const YAML::Node& node, int depth, YamlNode made) {
    made.kind = YamlNode::Kind::kList;
    for (const YAML::Node& item : node) {
      auto expanded = Expand(item, depth + 1);
      if (!expanded) return expanded.error();
      made.items.push_back(*std::move(expanded));
    }
    return made;
  }

  Expected<YamlNode> ExpandMap(const YAML::Node& node, int depth, YamlNode made) {
    made.kind = YamlNode::Kind::kMap;
    std::vector<YamlNode> merged;
    for (const auto& entry : node) {
      if (!entry.first.IsScalar()) {
        made.kind = YamlNode::Kind::kPlaceholder;
        return made;
      }
      auto value = Expand(entry.second, depth + 1);
      if (!value) return value.error();
      // The library puts what is empty on the line of what comes next.
      if (value->kind == YamlNode::Kind::kNull) value->line = LineOf(entry.first);
      const std::string key = entry.first.Scalar();
      if (key == kMergeKey) {
        merged.push_back(*std::move(value));
      } else if (made.Find(key) != nullptr) {
        return Invalid(LineOf(entry.first), "the key '" + key + "' stands here a second time");
      } else {
        made.entries.emplace_back(key, *std::move(value));
      }
    }
    for (const YamlNode& source : merged) Merge(source, made);
    return made;
  }

  /// `<<: *other`, or a list of those; what is there already wins.
  static void Merge(const YamlNode& source, YamlNode& into) {
    for (const YamlNode& item : source.items) Merge(item, into);
    for (const auto& [key, value] : source.entries) {
      if (into.Find(key) == nullptr) into.entries.emplace_back(key, value);
    }
  }

  std::size_t count_ = 0;
};

}  // namespace

const YamlNode* YamlNode::Find(std::string_view key) const {
  for (const auto& [name, value] : entries) {
    if (name == key) return &value;
  }
  return nullptr;
}

Expected<YamlNode> ParseYaml(const std::string& text) {
  try {
    return Expansion().Expand(YAML::Load(text), 0);
  } catch (const YAML::Exception& error) {
    return Invalid(error.mark.line + 1, "this is not YAML: " + error.msg);
  }
}

}  // namespace openfc::emulator
