#include "emulator/service_file/yaml_section.h"

#include <charconv>
#include <cmath>

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

std::optional<std::string> ToText(const YamlNode& node) {
  if (node.kind != YamlNode::Kind::kText) return std::nullopt;
  return node.text;
}

template <typename Value>
std::optional<Value> ToNumber(const YamlNode& node) {
  if (node.kind != YamlNode::Kind::kText) return std::nullopt;
  Value number{};
  const char* const last = node.text.data() + node.text.size();
  const auto [end, error] = std::from_chars(node.text.data(), last, number);
  if (error != std::errc() || end != last) return std::nullopt;
  return number;
}

std::optional<double> ToDecimal(const YamlNode& node) {
  const auto number = ToNumber<double>(node);
  return number && std::isfinite(*number) ? number : std::nullopt;
}

/// As YAML 1.2 writes them.
std::optional<bool> ToFlag(const YamlNode& node) {
  if (node.kind != YamlNode::Kind::kText) return std::nullopt;
  if (node.text == "true" || node.text == "True" || node.text == "TRUE") return true;
  if (node.text == "false" || node.text == "False" || node.text == "FALSE") return false;
  return std::nullopt;
}

}  // namespace

std::string YamlSection::PathOf(std::string_view key) const {
  return path_.empty() ? std::string(key) : path_ + "." + std::string(key);
}

Error YamlSection::WrongType(const std::string& path, const YamlNode& node,
                             std::string_view expected) {
  return Error{ErrorCode::kInvalidArgument, "line " + std::to_string(node.line) + ": " + path +
                                                " must be " + std::string(expected) + ", but is " +
                                                Describe(node)};
}

Error YamlSection::Refusal(std::string_view key, std::string_view what) const {
  const YamlNode* const found = map_.Find(key);
  const int line = found == nullptr ? map_.line : found->line;
  return Error{ErrorCode::kInvalidArgument,
               "line " + std::to_string(line) + ": " + PathOf(key) + " " + std::string(what)};
}

Expected<std::optional<YamlNode>> YamlSection::Node(std::string_view key) {
  const YamlNode* const found = map_.Find(key);
  if (found == nullptr) return std::optional<YamlNode>();
  read_.emplace(key);
  auto resolved = substitution_.Resolve(*found);
  if (!resolved) return resolved.error();
  return std::optional<YamlNode>(*std::move(resolved));
}

template <typename Value>
Expected<std::optional<Value>> YamlSection::As(std::string_view key, std::string_view expected,
                                               std::optional<Value> (*convert)(const YamlNode&)) {
  auto node = Node(key);
  if (!node) return node.error();
  if (!*node) return std::optional<Value>();
  auto value = convert(**node);
  if (!value) return WrongType(PathOf(key), **node, expected);
  return value;
}

Expected<std::optional<std::string>> YamlSection::Text(std::string_view key) {
  return As<std::string>(key, "a text", ToText);
}

Expected<std::optional<std::int64_t>> YamlSection::Number(std::string_view key) {
  return As<std::int64_t>(key, "a whole number", ToNumber);
}

Expected<std::optional<int>> YamlSection::Int(std::string_view key) {
  return As<int>(key, "a whole number", ToNumber);
}

Expected<std::optional<double>> YamlSection::Decimal(std::string_view key) {
  return As<double>(key, "a number", ToDecimal);
}

Expected<std::optional<bool>> YamlSection::Flag(std::string_view key) {
  return As<bool>(key, "true or false", ToFlag);
}

Expected<std::optional<YamlSection>> YamlSection::Section(std::string_view key) {
  auto node = Node(key);
  if (!node) return node.error();
  if (!*node) return std::optional<YamlSection>();
  if ((*node)->kind != YamlNode::Kind::kMap) return WrongType(PathOf(key), **node, "a map");
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

Expected<std::optional<std::vector<YamlNode>>> YamlSection::Items(std::string_view key,
                                                                  std::string_view expected) {
  auto node = Node(key);
  if (!node) return node.error();
  if (!*node) return std::optional<std::vector<YamlNode>>();
  if ((*node)->kind != YamlNode::Kind::kList) return WrongType(PathOf(key), **node, expected);
  std::vector<YamlNode> items;
  for (const YamlNode& item : (*node)->items) {
    auto resolved = substitution_.Resolve(item);
    if (!resolved) return resolved.error();
    items.push_back(*std::move(resolved));
  }
  return std::optional<std::vector<YamlNode>>(std::move(items));
}

Expected<std::optional<std::vector<std::string>>> YamlSection::List(std::string_view key) {
  auto items = Items(key, "a list of texts");
  if (!items) return items.error();
  if (!*items) return std::optional<std::vector<std::string>>();
  std::vector<std::string> texts;
  for (YamlNode& item : **items) {
    if (item.kind != YamlNode::Kind::kText) {
      return WrongType(PathOf(key) + "[" + std::to_string(texts.size()) + "]", item, "a text");
    }
    texts.push_back(std::move(item.text));
  }
  return std::optional<std::vector<std::string>>(std::move(texts));
}

Expected<std::vector<YamlSection>> YamlSection::Sections(std::string_view key) {
  auto items = Items(key, "a list of maps");
  if (!items) return items.error();
  std::vector<YamlSection> sections;
  if (!*items) return sections;
  for (YamlNode& item : **items) {
    std::string path = PathOf(key) + "[" + std::to_string(sections.size()) + "]";
    if (item.kind != YamlNode::Kind::kMap) return WrongType(path, item, "a map");
    sections.emplace_back(std::move(item), std::move(path), substitution_);
  }
  return sections;
}

Expected<std::string> YamlSection::RequiredText(std::string_view key) {
  auto text = Text(key);
  if (!text) return text.error();
  if (!*text) return Refusal(key, "is missing");
  return **std::move(text);
}

std::vector<std::string> YamlSection::Keys() const {
  std::vector<std::string> keys;
  for (const auto& [key, value] : map_.entries) keys.push_back(key);
  return keys;
}

void YamlSection::ListUnread(std::vector<std::string>& paths) const {
  for (const auto& [key, value] : map_.entries) {
    if (!read_.contains(key)) paths.push_back(PathOf(key));
  }
}

}  // namespace openfc::emulator
