#include "emulator/platform/call.h"

namespace openfc::emulator {

std::string CallResult::ErrorType() const {
  if (const auto* error = std::get_if<FunctionError>(&outcome)) {
    return error->failure.type.empty() ? error->fc_type : error->failure.type;
  }
  if (const auto* error = std::get_if<PlatformError>(&outcome)) return error->code;
  return {};
}

}  // namespace openfc::emulator
