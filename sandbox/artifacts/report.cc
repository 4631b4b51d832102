#include "sandbox/artifacts/report.h"

#include "runtime/base/json_depth.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace openfc::sandbox {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kDeepest = 64;

std::string TextOf(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

void AddArtifact(const Json& object, Report& report) {
  if (!object.is_object()) return;
  const auto metadata = object.find("metadata");
  report.artifacts.push_back(
      {.mime = TextOf(object, "mime"),
       .name = TextOf(object, "name"),
       .data = TextOf(object, "data"),
       .is_text = TextOf(object, "encoding") != "base64",
       .metadata = metadata != object.end() && metadata->is_object() ? metadata->dump() : "{}"});
}

void AddLine(std::string_view line, Report& report) {
  if (IsNestedDeeperThan(line, kDeepest)) return;
  const Json document = Json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (!document.is_object() || document.size() != 1) return;
  const auto entry = document.begin();
  if (entry.key() == "artifact") return AddArtifact(*entry, report);
  report.entries.push_back({.kind = entry.key(), .json = entry->dump()});
}

}  // namespace

const std::string* Report::Find(std::string_view kind) const {
  const auto last = std::find_if(entries.rbegin(), entries.rend(),
                                 [kind](const ReportEntry& entry) { return entry.kind == kind; });
  return last == entries.rend() ? nullptr : &last->json;
}

Report ReadReport(std::string_view result) {
  Report report;
  while (true) {
    const auto end = result.find('\n');
    if (end == std::string_view::npos) return report;
    AddLine(result.substr(0, end), report);
    result.remove_prefix(end + 1);
  }
}

}  // namespace openfc::sandbox
