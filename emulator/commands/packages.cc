#include "emulator/commands/packages.h"

#include "emulator/package/folder_view.h"

#include <unistd.h>

#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

namespace openfc::emulator {
namespace {

namespace fs = std::filesystem;

constexpr const char* kLayersTarget = "/opt";

std::string ValueOf(const Variables& variables, const std::string& name) {
  const auto found = variables.find(name);
  return found == variables.end() ? std::string() : found->second;
}

std::string CommandOf(const FunctionDefinition& function) {
  std::string command;
  if (!function.custom) return command;
  for (const std::string& word : function.custom->command) command.append(word).append(" ");
  return command;
}

/// The layers that are here; of the others a notice.
std::vector<std::string> LocalLayers(const FunctionDefinition& function,
                                     const std::string& base_folder,
                                     std::vector<std::string>& notices) {
  std::vector<std::string> paths;
  for (const std::string& layer : function.layers) {
    std::error_code ignored;
    const fs::path path = (fs::path(base_folder) / layer).lexically_normal();
    if (fs::exists(path, ignored)) {
      paths.push_back(path.string());
    } else {
      notices.push_back(function.name + ": the layer '" + layer +
                        "' is not here: name a folder or a zip in its place");
    }
  }
  return paths;
}

/// In front of what the function, or else our own environment, has for it.
void AddSearchPaths(const std::vector<SearchPath>& paths, const Variables& own_environment,
                    Variables& environment) {
  for (const auto& [variable, path] : paths) {
    const bool has_own = environment.contains(variable);
    const std::string before = ValueOf(has_own ? environment : own_environment, variable);
    environment[variable] = before.empty() ? path : std::string(path).append(":").append(before);
  }
}

}  // namespace

PackageStore StoreFor(const Variables& own_environment) {
  std::string cache = ValueOf(own_environment, "XDG_CACHE_HOME");
  const std::string home = ValueOf(own_environment, "HOME");
  if (cache.empty() && !home.empty()) cache = home + "/.cache";
  if (cache.empty()) {
    std::error_code ignored;
    cache = (fs::temp_directory_path(ignored) / ("openfc-" + std::to_string(::getuid()))).string();
  }
  return PackageStore(cache + "/openfc/packages");
}

Expected<std::string> CodeFolderOf(const FunctionDefinition& function, const std::string& source,
                                   const PackageStore& store) {
  const JarUse jar = function.custom ? JarUseOf(CommandOf(function)) : JarUse::kUnpack;
  return store.CodeFolder(source, jar);
}

Expected<PreparedPackages> PreparePackages(FunctionDefinition& function,
                                           const std::string& base_folder,
                                           const Variables& own_environment) {
  const PackageStore store = StoreFor(own_environment);
  PreparedPackages prepared;
  auto code = CodeFolderOf(function, function.code_path, store);
  if (!code) return code.error();
  function.code_path = *std::move(code);
  const auto layers = LocalLayers(function, base_folder, prepared.notices);
  const auto folder = store.LayerFolder(layers);
  if (!folder) return folder.error();
  if (!*folder) return prepared;
  prepared.mounts = {{.source = **folder, .target = kLayersTarget, .is_read_only = true}};
  std::string seen_at = kLayersTarget;
  if (const Status possible = TryMounts(prepared.mounts); !possible) {
    prepared.notices.push_back(function.name + ": its layers are in " + **folder +
                               ", not in /opt: " + possible.error().message);
    prepared.mounts.clear();
    seen_at = **folder;
  }
  AddSearchPaths(SearchPathsOf(seen_at, **folder), own_environment, function.environment);
  return prepared;
}

}  // namespace openfc::emulator
