#include "sandbox/api/premierlangage/libraries.h"

#include "sandbox/api/premierlangage/libraries_script.h"

#include <nlohmann/json.hpp>

#include <chrono>
#include <sstream>

namespace openfc::sandbox {

RunRequest LibrariesRun(const Limits& limits) {
  constexpr std::int64_t kMostOutput = 8LL << 20;
  constexpr std::chrono::seconds kPatience{30};
  RunRequest request{
      .program = PythonProgram{.code = LibrariesScript(), .may_fork = true},
      .limits = limits,
  };
  request.limits.output_bytes = kMostOutput;
  request.limits.wall = kPatience;
  return request;
}

std::map<std::string, std::string> ReadDpkgStatus(std::string_view status) {
  std::map<std::string, std::string> packages;
  std::istringstream lines{std::string(status)};
  std::string name;
  bool is_installed = false;
  for (std::string line; std::getline(lines, line);) {
    const auto value = [&line](std::string_view field) -> std::string {
      return line.starts_with(field) ? line.substr(field.size()) : "";
    };
    if (const std::string package = value("Package: "); !package.empty()) {
      name = package;
      is_installed = false;
    } else if (const std::string state = value("Status: "); !state.empty()) {
      is_installed = state.ends_with(" installed");
    } else if (const std::string version = value("Version: "); !version.empty() && is_installed) {
      packages[name] = version;
    }
  }
  return packages;
}

std::string RenderLibraries(const std::string& output,
                            const std::map<std::string, std::string>& system) {
  using Json = nlohmann::ordered_json;
  const Json found = Json::parse(output, nullptr, /*allow_exceptions=*/false);
  if (!found.is_object()) return "";
  Json libraries{{"system", system}};
  for (const char* name : {"python", "perl", "c"}) {
    libraries[name] = found.value(name, Json::object());
  }
  const Json document{{"libraries", libraries}, {"bin", found.value("bin", Json::array())}};
  return document.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace openfc::sandbox
