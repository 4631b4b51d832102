#include "emulator/package/folder_view.h"

#include <array>
#include <chrono>
#include <filesystem>
#include <system_error>
#include <utility>

namespace openfc::emulator {
namespace {

constexpr const char* kCode = "/code";
constexpr const char* kLayers = "/opt";

}  // namespace

Status TryMounts(const std::vector<BindMount>& mounts) {
  ChildCommand nothing{.program = "/bin/true"};
  nothing.bind_mounts = mounts;
  const auto child = StartChild(nothing);
  if (!child) return child.error();
  (*child)->Await(Deadline::After(std::chrono::seconds(5)));
  return Ok();
}

FolderView ViewOf(const std::string& code_folder, const std::optional<std::string>& layer_folder) {
  FolderView view{.mounts = {{.source = code_folder, .target = kCode}},
                  .code_path = kCode,
                  .layer_path = std::nullopt,
                  .why_not = ""};
  if (layer_folder) {
    view.mounts.push_back({.source = *layer_folder, .target = kLayers});
    view.layer_path = kLayers;
  }
  const Status possible = TryMounts(view.mounts);
  if (possible) return view;
  return FolderView{.mounts = {},
                    .code_path = code_folder,
                    .layer_path = layer_folder,
                    .why_not = possible.error().message};
}

std::vector<SearchPath> SearchPathsOf(const std::string& layer_path,
                                      const std::string& seen_from_here) {
  constexpr std::array<std::pair<const char*, const char*>, 5> kPaths = {{
      {"PATH", "bin"},
      {"LD_LIBRARY_PATH", "lib"},
      {"PYTHONPATH", "python"},
      {"NODE_PATH", "nodejs/node_modules"},
      {"CLASSPATH", "java/lib"},
  }};
  std::vector<SearchPath> paths;
  for (const auto& [variable, folder] : kPaths) {
    std::error_code error;
    if (!std::filesystem::is_directory(seen_from_here + "/" + folder, error)) continue;
    std::string path = layer_path + "/" + folder;
    if (std::string(variable) == "CLASSPATH") path += "/*";  // Its jars.
    paths.push_back({.variable = variable, .path = std::move(path)});
  }
  return paths;
}

}  // namespace openfc::emulator
