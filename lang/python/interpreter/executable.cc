#include "lang/python/interpreter/executable.h"

#include <unistd.h>

#include <algorithm>

namespace openfc::python {
namespace {

bool CanRun(const std::string& file) { return ::access(file.c_str(), X_OK) == 0; }

}  // namespace

std::string FindExecutable(const std::string& built_for, const std::string& name,
                           std::string_view search_path) {
  if (CanRun(built_for)) return built_for;
  while (!search_path.empty()) {
    const std::string_view folder = search_path.substr(0, search_path.find(':'));
    search_path.remove_prefix(std::min(folder.size() + 1, search_path.size()));
    if (folder.empty() || folder.front() != '/') continue;  // sys.executable is absolute.
    std::string file = std::string(folder) + "/" + name;
    if (CanRun(file)) return file;
  }
  return {};
}

}  // namespace openfc::python
