#include "emulator/package_paths.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <string_view>
#include <system_error>

namespace openfc::emulator {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPlatformCode = "/code";
// Lists of folders, separated by colons.
constexpr auto kLists = std::to_array<std::string_view>(
    {"PATH", "PYTHONPATH", "PYTHONUSERBASE", "NODE_PATH", "LD_LIBRARY_PATH", "CLASSPATH"});

bool IsFolder(const std::string& path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored);
}

bool IsBelowPlatformCode(std::string_view folder) {
  if (!folder.starts_with(kPlatformCode)) return false;
  folder.remove_prefix(kPlatformCode.size());
  return folder.empty() || folder.front() == '/';
}

std::string Translated(std::string_view list, const std::string& code_path) {
  std::string translated;
  for (;;) {
    std::string_view folder = list.substr(0, list.find(':'));
    const bool is_last = folder.size() == list.size();
    list.remove_prefix(is_last ? list.size() : folder.size() + 1);
    if (IsBelowPlatformCode(folder)) {
      translated += code_path;
      folder.remove_prefix(kPlatformCode.size());
    }
    translated += folder;
    if (is_last) return translated;
    translated += ':';
  }
}

void PutInFront(const std::string& folder, Variables& environment) {
  std::string& path = environment["PATH"];
  path = path.empty() ? folder : folder + ":" + path;
}

}  // namespace

void AddPackagePaths(const std::string& code_path, Variables& environment) {
  const std::string base = code_path + "/.s/python";
  if (IsFolder(base)) environment.emplace("PYTHONUSERBASE", base);
  for (const std::string& programs : {code_path + "/node_modules/.bin", base + "/bin"}) {
    if (IsFolder(programs)) PutInFront(programs, environment);
  }
}

std::string ValueHere(std::string_view name, const std::string& value,
                      const std::string& code_path) {
  const bool is_list = std::find(kLists.begin(), kLists.end(), name) != kLists.end();
  return is_list ? Translated(value, code_path) : value;
}

}  // namespace openfc::emulator
