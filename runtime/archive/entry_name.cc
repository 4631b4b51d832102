#include "runtime/archive/entry_name.h"

namespace openfc {
namespace {

Error Refused(std::string_view name, const std::string& why) {
  return Error{ErrorCode::kInvalidArgument, "its entry '" + std::string(name) + "' " + why};
}

}  // namespace

Expected<std::vector<std::string>> SplitEntryName(std::string_view name) {
  if (name.empty()) return Refused(name, "has no name");
  if (name.front() == '/') return Refused(name, "has an absolute path");
  std::vector<std::string> parts;
  std::string_view rest = name;
  while (!rest.empty()) {
    const auto slash = rest.find('/');
    const auto part = rest.substr(0, slash);
    rest = slash == std::string_view::npos ? std::string_view() : rest.substr(slash + 1);
    if (part == "..") return Refused(name, "would leave the folder by ..");
    if (!part.empty() && part != ".") parts.emplace_back(part);
  }
  return parts;
}

}  // namespace openfc
