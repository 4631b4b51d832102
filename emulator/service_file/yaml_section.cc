#include "emulator/service_file/yaml_section.h"

#include <charconv>

namespace openfc::emulator {
namespace {

std::string Describe(const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::kNull:
      return "empty";
    case YamlNode::Kind::kText:
      return "'" + node.text + "'";
    case YamlNode::Kind::kList:
      return "a list";
    case YamlNode::Kind::kMap:
    case YamlNode::Kind::kPlaceholder:
      return "a map";
  }
  return "something else";
}

std::optional<std::int64_t> ToNumber(const YamlNode& node) {
  if (node.kind != YamlNode::Kind::kText) return std::nullopt;
  std::int64_t number = 0;
  const char* const last = node.text.data() + node.text.size();
  const auto [end, error] = std::from_chars(node.text.data(), last, number);
  if (error != std::errc() || end != last) return std::nullopt;
  return number;
}

}  // namespace

std::string YamlSection::PathOf(std::string_view key) const {
  return path_.empty() ? std::string(key) : path_ + "." + std::string(key);
}

Error YamlSection::WrongType(std::string_view key, const YamlNode& node,
                             std::string_view expected) const {
  return Error{ErrorCode::kInvalidArgument, "line " + std::to_string(node.line) + ": " +
                                                PathOf(key) + " must be " + std::string(expected) +
                                                ", but is " + Describe(node)};
}

Expected<std::optional<YamlNode>> YamlSection::Node(std::string_view key) {
  const YamlNode* const found = map_.Find(key);
  if (found == nullptr) return std::optional<YamlNode>();
  read_.emplace(key);
  auto resolved = substitution_.Resolve(*found);
  if (!resolved) return resolved.error();
  return std::optional<YamlNode>(*std::move(resolved));
}

Expected<std::optional<std::string>> YamlSection::Text(std::string_view key) {
  auto node = Node(key);
  if (!node) return node.error();
  if (!*node) return std::optional<std::string>();
  if ((*node)->kind != YamlNode::Kind::kText) return WrongType(key, **node, "a text");
  return std::optional<std::string>((*node)->text);
}

Expected<std::optional<std::int64_t>> YamlSection::Number(std::string_view key) {
  auto node = Node(key);
  if (!node) return node.error();
  if (!*node) return std::optional<std::int64_t>();
  const auto number = ToNumber(**node);
  if (!number) return WrongType(key, **node, "a whole number");
  return number;
}

Expected<std::optional<YamlSection>> YamlSection::Section(std::string_view key) {
  auto node = Node(key);
  if (!node) return node.error();
  if (!*node) return std::optional<YamlSection>();
  if ((*node)->kind != YamlNode::Kind::kMap) return WrongType(key, **node, "a map");
  return std::optional<YamlSection>(YamlSection(*std::move(*node), PathOf(key), substitution_));
}

Expected<Variables> YamlSection::Texts(std::string_view key) {
  auto section = Section(key);
  if (!section) return section.error();
  Variables texts;
  if (!*section) return texts;
  for (const std::string& name : (*section)->Keys()) {
    auto text = (*section)->Text(name);
    if (!text) return text.error();
    texts.emplace(name, **std::move(text));
  }
  return texts;
}

Expected<std::string> YamlSection::RequiredText(std::string_view key) {
  auto text = Text(key);
  if (!text) return text.error();
  if (!*text) {
    return Error{ErrorCode::kInvalidArgument,
                 "line " + std::to_string(line()) + ": " + PathOf(key) + " is missing"};
  }
  return **std::move(text);
}

std::vector<std::string> YamlSection::Keys() const {
  std::vector<std::string> keys;
  for (const auto& [key, value] : map_.entries) keys.push_back(key);
  return keys;
}

std::vector<std::string> YamlSection::UnreadPaths() const {
  std::vector<std::string> paths;
  for (const auto& [key, value] : map_.entries) {
    if (!read_.contains(key)) paths.push_back(PathOf(key));
  }
  return paths;
}

}  // namespace openfc::emulator
