#pragma once

#include "emulator/commands/parser.h"
#include "emulator/events/sample_event.h"
#include "runtime/base/error.h"

#include <string>
#include <vector>

namespace openfc::emulator {

/// Declares `--set FIELD=VALUE`, which may be repeated; the texts are written into `texts`.
void DeclareEventSettings(CLI::App& app, std::vector<std::string>& texts);

/// Takes them apart; kInvalidArgument with a sentence for one without a `=`.
Expected<std::vector<EventSetting>> ReadEventSettings(const std::vector<std::string>& texts);

}  // namespace openfc::emulator
