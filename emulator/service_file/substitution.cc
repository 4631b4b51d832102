#include "emulator/service_file/substitution.h"

#include "emulator/instance_environment.h"

#include <algorithm>
#include <optional>

namespace openfc::emulator {
namespace {

constexpr std::string_view kOpen = "${";
constexpr std::string_view kVars = "vars.";
constexpr std::string_view kBlanks = " \t";

Error Invalid(int line, const std::string& what) {
  return Error{ErrorCode::kInvalidArgument, "line " + std::to_string(line) + ": " + what};
}

std::string_view Trim(std::string_view text) {
  const auto first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

/// Without its quotes, if it has a pair.
std::string_view Unquote(std::string_view text) {
  text = Trim(text);
  const bool is_quoted = text.size() >= 2 && text.front() == text.back() &&
                         (text.front() == '\'' || text.front() == '"');
  return is_quoted ? text.substr(1, text.size() - 2) : text;
}

/// Where the `}` of the expression that begins at `open` stands; one within quotes does not count.
std::size_t FindClose(std::string_view text, std::size_t open) {
  char quote = '\0';
  for (std::size_t i = open; i < text.size(); ++i) {
    const char c = text[i];
    if (quote != '\0') {
      if (c == quote) quote = '\0';
    } else if (c == '\'' || c == '"') {
      quote = c;
    } else if (c == '}') {
      return i;
    }
  }
  return std::string_view::npos;
}

bool IsPlaceholder(const YamlNode& node) {
  if (node.kind == YamlNode::Kind::kPlaceholder) return true;
  const auto open = node.text.find("{{");
  return open != std::string::npos && node.text.find("}}", open) != std::string::npos;
}

/// The inside of `env(...)`, where that is the name, which may begin with a large letter; nothing
/// when this is something else.
std::optional<std::string_view> Arguments(std::string_view expression, std::string_view name) {
  const auto open = expression.find('(');
  if (open != name.size() || !expression.ends_with(')')) return std::nullopt;
  const bool is_named = (expression.front() | 0x20) == name.front() &&
                        expression.substr(1, open - 1) == name.substr(1);
  if (!is_named) return std::nullopt;
  return expression.substr(open + 1, expression.size() - open - 2);
}

}  // namespace

Expected<YamlNode> Substitution::Resolve(const YamlNode& node) const { return Resolve(node, {}); }

Expected<YamlNode> Substitution::Resolve(const YamlNode& node, const Chain& chain) const {
  if (IsPlaceholder(node)) {
    return Invalid(node.line,
                   "{{ }} is a gap of a project template: fill it in, or let `s init` do it");
  }
  if (node.kind != YamlNode::Kind::kText) return node;
  YamlNode made = node;
  made.text.clear();
  std::string_view rest = node.text;
  for (auto open = rest.find(kOpen); open != std::string_view::npos; open = rest.find(kOpen)) {
    const auto close = FindClose(rest, open + kOpen.size());
    if (close == std::string_view::npos) return Invalid(node.line, "a ${ has no } to its end");
    const auto expression = rest.substr(open + kOpen.size(), close - open - kOpen.size());
    auto value = Evaluate(Trim(expression), node.line, chain);
    if (!value) return value.error();
    const bool is_whole = open == 0 && close + 1 == rest.size() && made.text.empty();
    if (is_whole) return value;
    if (value->kind != YamlNode::Kind::kText) {
      return Invalid(node.line,
                     "${" + std::string(expression) + "} is no text and cannot stand within one");
    }
    made.text.append(rest.substr(0, open)).append(value->text);
    rest.remove_prefix(close + 1);
  }
  made.text.append(rest);
  return made;
}

Expected<YamlNode> Substitution::Evaluate(std::string_view expression, int line,
                                          const Chain& chain) const {
  if (expression.starts_with(kVars)) {
    return LookUpVariable(expression.substr(kVars.size()), line, chain);
  }
  if (const auto arguments = Arguments(expression, "env")) {
    return LookUpEnvironment(*arguments, line);
  }
  if (const auto arguments = Arguments(expression, "config")) {
    return LookUpAccess(Unquote(*arguments), line);
  }
  return Invalid(line, "${" + std::string(expression) +
                           "} is not understood here: ${vars.name} and ${env('NAME', 'default')} "
                           "are");
}

Expected<YamlNode> Substitution::LookUpVariable(std::string_view path, int line,
                                                const Chain& chain) const {
  const std::string name(path);
  if (std::find(chain.begin(), chain.end(), name) != chain.end()) {
    return Invalid(line, "vars." + name + " is defined by itself");
  }
  const YamlNode* node = vars_;
  while (node != nullptr && !path.empty()) {
    const auto dot = path.find('.');
    node = node->Find(path.substr(0, dot));
    path = dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
  }
  if (node == nullptr) return Invalid(line, "vars." + name + " is not defined in this file");
  Chain longer = chain;
  longer.push_back(name);
  auto resolved = Resolve(*node, longer);
  if (resolved && resolved->kind == YamlNode::Kind::kText) resolved->line = line;
  return resolved;
}

Expected<YamlNode> Substitution::LookUpEnvironment(std::string_view arguments, int line) const {
  const auto comma = arguments.find(',');
  const std::string name(Unquote(arguments.substr(0, comma)));
  YamlNode made{.kind = YamlNode::Kind::kText, .line = line};
  if (const auto found = environment_.find(name); found != environment_.end()) {
    made.text = found->second;
    return made;
  }
  if (comma == std::string_view::npos) {
    return Invalid(line, "the environment variable " + name +
                             " is not set: set it, or give a default as in ${env('" + name +
                             "', 'default')}");
  }
  made.text = Unquote(arguments.substr(comma + 1));
  return made;
}

/// What `access` stands for at a deployment: here, who the function runs as.
Expected<YamlNode> Substitution::LookUpAccess(std::string_view name, int line) const {
  const Identity identity = Identity::From(environment_);
  YamlNode made{.kind = YamlNode::Kind::kText, .line = line};
  if (name == "AccountID") {
    made.text = identity.account_id;
  } else if (name == "AccessKeyID") {
    made.text = identity.credentials.access_key_id;
  } else if (name == "AccessKeySecret") {
    made.text = identity.credentials.access_key_secret;
  } else if (name == "SecurityToken") {
    made.text = identity.credentials.security_token;
  } else {
    return Invalid(line, "config('" + std::string(name) +
                             "') is not understood here: AccountID, AccessKeyID, AccessKeySecret "
                             "and SecurityToken are");
  }
  return made;
}

}  // namespace openfc::emulator
