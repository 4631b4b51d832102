#include "runtime/archive/entry_name.h"

#include "runtime/archive/entry_fault.h"

namespace openfc {

Expected<std::vector<std::string>> SplitEntryName(std::string_view name) {
  if (name.empty()) return RefusedEntry(name, "has no name");
  if (name.front() == '/') return RefusedEntry(name, "has an absolute path");
  std::vector<std::string> parts;
  std::string_view rest = name;
  while (!rest.empty()) {
    const auto slash = rest.find('/');
    const auto part = rest.substr(0, slash);
    rest = slash == std::string_view::npos ? std::string_view() : rest.substr(slash + 1);
    if (part == "..") return RefusedEntry(name, "would leave the folder by ..");
    if (!part.empty() && part != ".") parts.emplace_back(part);
  }
  return parts;
}

}  // namespace openfc
