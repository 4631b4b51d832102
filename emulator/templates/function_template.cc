#include "emulator/templates/function_template.h"

#include "runtime/base/embedded_file.h"

#include <algorithm>
#include <array>

namespace openfc::emulator {

std::span<const EmbeddedFile> TemplateFiles();

namespace {

constexpr auto kTemplates = std::to_array<FunctionTemplate>({
    {"event", "a function of events"},
    {"http", "a function of HTTP requests"},
    {"flask", "a web application by Flask, on gunicorn"},
    {"fastapi", "a web application by FastAPI, on uvicorn"},
});
constexpr std::string_view kNameMark = "@NAME@";
constexpr std::size_t kLongestName = 64;
// Of every template. Not a file of that name here: git would heed it.
constexpr const char* kIgnored = ".s/\nnode_modules/\n__pycache__/\n";

Error Invalid(std::string message) {
  return Error{ErrorCode::kInvalidArgument, std::move(message)};
}

bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

bool CanBeName(const std::string& name) {
  return !name.empty() && name.size() <= kLongestName && IsLetter(name.front()) &&
         std::all_of(name.begin(), name.end(),
                     [](char c) { return IsLetter(c) || (c >= '0' && c <= '9') || c == '-'; });
}

std::string Filled(std::string_view text, const std::string& function) {
  std::string filled(text);
  for (auto at = filled.find(kNameMark); at != std::string::npos;
       at = filled.find(kNameMark, at + function.size())) {
    filled.replace(at, kNameMark.size(), function);
  }
  return filled;
}

std::string Names() {
  std::string names;
  for (const FunctionTemplate& known : kTemplates) {
    names.append(names.empty() ? "" : ", ").append(known.name);
  }
  return names;
}

}  // namespace

std::span<const FunctionTemplate> FunctionTemplates() { return kTemplates; }

Expected<std::vector<TemplateFile>> FillTemplate(std::string_view name,
                                                 const std::string& function) {
  if (!CanBeName(function)) {
    return Invalid("'" + function +
                   "' is no name for a function: give one with --name, of letters, digits, _ and "
                   "-, up to 64, a letter first");
  }
  const bool is_known =
      std::any_of(kTemplates.begin(), kTemplates.end(),
                  [&](const FunctionTemplate& known) { return known.name == name; });
  if (!is_known) {
    return Invalid("there is no template '" + std::string(name) + "': there are " + Names());
  }
  std::vector<TemplateFile> files;
  const std::string folder = std::string(name) + "/";
  for (const EmbeddedFile& file : TemplateFiles()) {
    if (!file.name.starts_with(folder)) continue;
    files.push_back({.path = std::string(file.name.substr(folder.size())),
                     .text = Filled(file.bytes(), function)});
  }
  files.push_back({.path = ".gitignore", .text = kIgnored});
  return files;
}

}  // namespace openfc::emulator
