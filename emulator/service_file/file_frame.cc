#include "emulator/service_file/file_frame.h"

#include <string_view>
#include <utility>

namespace openfc::emulator {
namespace {

constexpr auto kPreamble = {"edition", "name", "access", "vars"};

Error Invalid(std::string message) {
  return Error{ErrorCode::kInvalidArgument, std::move(message)};
}

/// `devsapp/fc3@0.1.2` is fc3.
std::string_view PlainComponent(std::string_view component) {
  component = component.substr(0, component.find('@'));
  const auto slash = component.rfind('/');
  return slash == std::string_view::npos ? component : component.substr(slash + 1);
}

/// Empty when it cannot be told: the search goes on by key.
std::string FunctionName(YamlSection section) {
  auto props = section.Section("props");
  if (!props || !*props) return {};
  auto name = (*props)->Text("functionName");
  if (name && *name) return **name;
  auto function = (*props)->Section("function");
  if (!function || !*function) return {};
  name = (*function)->Text("name");
  return name && *name ? **name : std::string();
}

Status AddEntries(YamlSection& root, const char* key, std::vector<FileEntry>& entries) {
  auto section = root.Section(key);
  if (!section) return section.error();
  if (!*section) return Ok();
  for (const std::string& name : (*section)->Keys()) {
    auto entry = (*section)->Section(name);
    if (!entry) return entry.error();
    auto component = (*entry)->RequiredText("component");
    if (!component) return component.error();
    entries.push_back(
        {.key = name, .component = *std::move(component), .section = **std::move(entry)});
  }
  return Ok();
}

}  // namespace

bool FileEntry::IsFc3() const { return PlainComponent(component) == "fc3"; }
bool FileEntry::IsFunction() const { return IsFc3() || PlainComponent(component) == "fc"; }

Expected<FileFrame> FileFrame::Read(const YamlNode& document, const Substitution& substitution) {
  if (document.kind != YamlNode::Kind::kMap) return Invalid("this is no s.yaml: it has no keys");
  FileFrame frame;
  YamlSection root(document, "", substitution);
  for (const char* const key : kPreamble) root.MarkRead(key);
  for (const char* const key : {"resources", "services"}) {
    const Status added = AddEntries(root, key, frame.entries_);
    if (!added) return added.error();
  }
  root.ListUnread(frame.without_effect_);
  if (frame.entries_.empty()) return Invalid("this s.yaml has neither resources nor services");
  return frame;
}

Expected<std::vector<std::size_t>> FileFrame::Functions() const {
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    if (entries_[i].IsFunction()) places.push_back(i);
  }
  if (!places.empty()) return places;
  return Invalid("this s.yaml has no function: no component in it is fc3 or fc");
}

Expected<std::size_t> FileFrame::Choose(const std::string& key_or_name) const {
  if (key_or_name.empty()) {
    const auto functions = Functions();
    if (!functions) return functions.error();
    if (functions->size() == 1) return functions->front();
    return Invalid("this s.yaml has several functions, name one of them: " + Names());
  }
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    const FileEntry& entry = entries_[i];
    if (entry.key != key_or_name && FunctionName(entry.section) != key_or_name) continue;
    if (entry.IsFunction()) return i;
    return Invalid("line " + std::to_string(entry.section.line()) + ": " + entry.section.path() +
                   " is no function: its component is " + entry.component);
  }
  return Invalid("there is no function " + key_or_name + " in this s.yaml: it has " + Names());
}

std::string FileFrame::Names() const {
  std::string names;
  for (const FileEntry& entry : entries_) {
    if (entry.IsFunction()) names.append(names.empty() ? "" : ", ").append(entry.key);
  }
  return names;
}

}  // namespace openfc::emulator
