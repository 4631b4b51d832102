#include "emulator/commands/debugging.h"

#include <nlohmann/json.hpp>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <system_error>

namespace openfc::emulator {
namespace {

using nlohmann::ordered_json;

ordered_json EntryFor(const std::string& name, const FunctionDefinition& function, int port) {
  return {
      {"name", name},
      {"type", "debugpy"},
      {"request", "attach"},
      {"connect", {{"host", "127.0.0.1"}, {"port", port}}},
      {"pathMappings", {{{"localRoot", function.code_path}, {"remoteRoot", function.code_path}}}}};
}

Error Unreadable() {
  return Error{ErrorCode::kInvalidArgument,
               "it is no plain JSON (comments would be lost), so nothing was written"};
}

}  // namespace

Status PrepareDebugging(FunctionDefinition& function, bool has_own_runtime, int port) {
  if (has_own_runtime || function.custom) {
    return Error{ErrorCode::kInvalidArgument, function.name +
                                                  " does not run in the Python runtime: "
                                                  "--debug-port cannot have an IDE attach to it"};
  }
  function.environment["OPENFC_DEBUG_PORT"] = std::to_string(port);
  function.timeout = kDebugTime;
  for (auto* const hook : {&function.initializer, &function.pre_freeze, &function.pre_stop}) {
    if (*hook) (*hook)->timeout = kDebugTime;
  }
  return Ok();
}

Expected<std::string> WithLaunchEntry(std::string_view before, const FunctionDefinition& function,
                                      int port) {
  ordered_json document = {{"version", "0.2.0"}, {"configurations", ordered_json::array()}};
  if (!before.empty()) {
    document = ordered_json::parse(before, nullptr, /*allow_exceptions=*/false);
    if (!document.is_object()) return Unreadable();
    if (!document.contains("configurations")) document["configurations"] = ordered_json::array();
  }
  ordered_json& entries = document["configurations"];
  if (!entries.is_array()) return Unreadable();
  const std::string name = "fclocal: " + function.name;
  ordered_json entry = EntryFor(name, function, port);
  for (ordered_json& other : entries) {
    if (!other.is_object() || other.value("name", ordered_json()) != name) continue;
    other = std::move(entry);
    return document.dump(4) + "\n";
  }
  entries.push_back(std::move(entry));
  return document.dump(4) + "\n";
}

Status WriteLaunchEntry(const std::string& folder, const FunctionDefinition& function, int port) {
  const std::filesystem::path path = std::filesystem::path(folder) / ".vscode" / "launch.json";
  std::error_code ignored;
  std::filesystem::create_directories(path.parent_path(), ignored);
  std::string before;
  {
    std::ifstream file(path, std::ios::binary);
    before.assign(std::istreambuf_iterator<char>(file), {});
  }
  const auto text = WithLaunchEntry(before, function, port);
  if (!text) return Error{text.error().code, path.string() + ": " + text.error().message};
  std::ofstream file(path, std::ios::binary);
  if (file << *text << std::flush) return Ok();
  return SystemError("cannot write " + path.string(), errno);
}

}  // namespace openfc::emulator
