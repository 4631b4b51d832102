#include "sandbox/commands/doctor_command.h"

#include "sandbox/commands/engine_setup.h"

#include <nlohmann/json.hpp>
#include <sysexits.h>

#include <cstdio>
#include <string_view>

namespace openfc::sandbox {
namespace {

constexpr std::size_t kTitleWidth = 20;

std::string Padded(std::string_view text, std::size_t width) {
  std::string padded(text);
  padded.resize(std::max(width, padded.size()), ' ');
  return padded;
}

std::string Row(const PropertyState& state) {
  std::string row = NumberOf(state.property) + "  " + Padded(TitleOf(state.property), kTitleWidth) +
                    (state.IsKept() ? "kept    " : "BROKEN  ") + state.mechanism;
  if (!state.IsKept()) row += " (went through: " + state.broken_by + ")";
  return row + "\n";
}

}  // namespace

std::string ReportAsTable(const IsolationReport& report) {
  std::string table = "profile " + std::string(NameOf(report.profile)) + "\n";
  for (const PropertyState& state : report.properties) table += Row(state);
  for (const std::string& refused : report.refused) table += "not to be had: " + refused + "\n";
  return table;
}

std::string ReportAsJson(const IsolationReport& report) {
  nlohmann::ordered_json document;
  document["profile"] = NameOf(report.profile);
  document["missing"] = LevelOf(report).missing;
  for (const PropertyState& state : report.properties) {
    document["properties"].push_back({{"property", NumberOf(state.property)},
                                      {"title", TitleOf(state.property)},
                                      {"kept", state.IsKept()},
                                      {"required", IsRequired(state.property)},
                                      {"mechanism", state.mechanism},
                                      {"broken_by", state.broken_by}});
  }
  document["refused"] = report.refused;
  return document.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

int RunDoctor(const DoctorOptions& options) {
  const auto chosen = ChooseIsolation(options.choice, options.state);
  if (!chosen) {
    (void)std::fprintf(stderr, "fcsandbox: %s\n", chosen.error().message.c_str());
    return EX_CONFIG;
  }
  const std::string text =
      options.as_json ? ReportAsJson(chosen->report) : ReportAsTable(chosen->report);
  return std::fputs(text.c_str(), stdout) < 0 ? 1 : 0;
}

}  // namespace openfc::sandbox
