#include "emulator/commands/event_options.h"

#include <CLI/CLI.hpp>

namespace openfc::emulator {

void DeclareEventSettings(CLI::App& app, std::vector<std::string>& texts) {
  app.add_option("--set", texts, "A field of the sample event; may be repeated")
      ->type_name("FIELD=VALUE")
      ->allow_extra_args(false);
}

Expected<std::vector<EventSetting>> ReadEventSettings(const std::vector<std::string>& texts) {
  std::vector<EventSetting> settings;
  for (const std::string& text : texts) {
    const auto equals = text.find('=');
    if (equals == std::string::npos) {
      return Error{ErrorCode::kInvalidArgument, "--set is '" + text + "', but must be FIELD=VALUE"};
    }
    settings.push_back({.field = text.substr(0, equals), .value = text.substr(equals + 1)});
  }
  return settings;
}

}  // namespace openfc::emulator
