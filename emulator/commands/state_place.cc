#include "emulator/commands/state_place.h"

#include "emulator/commands/function_choice.h"
#include "emulator/state/state_folder.h"

#include <CLI/CLI.hpp>

#include <filesystem>
#include <system_error>

namespace openfc::emulator {

void DeclareStatePlace(CLI::App& app, StatePlace& place) {
  app.add_option("--state-dir", place.state_dir, "The state folder of the fclocal that is meant")
      ->type_name("DIR");
  app.add_option("-c,--config", place.config, "The s.yaml that it serves")->type_name("FILE");
  app.add_option("--code", place.code, "The folder of code that it serves")->type_name("DIR");
}

Expected<std::string> ChooseStateFolder(const StatePlace& place) {
  std::error_code ignored;
  if (!place.state_dir.empty() || !place.config.empty() || !place.code.empty()) {
    const std::string& source = place.config.empty() ? place.code : place.config;
    const std::string folder =
        place.state_dir.empty() ? StateFolderFor(Absolute(source)) : Absolute(place.state_dir);
    if (std::filesystem::is_directory(folder, ignored)) return folder;
    return Error{ErrorCode::kInvalidArgument,
                 "there is no state folder " + folder + ": no `fclocal start` has served with it"};
  }
  const std::string here = std::filesystem::current_path(ignored).string();
  auto folder = FindStateFolder(here);
  if (folder) return *std::move(folder);
  return Error{ErrorCode::kInvalidArgument,
               std::string("no `fclocal start` has served from this folder, or one above it: there "
                           "is no ") +
                   kStateFolderName + "; name the place with -c, --code or --state-dir"};
}

}  // namespace openfc::emulator
