#include "emulator/platform/call.h"

#include <nlohmann/json.hpp>

namespace openfc::emulator {
namespace {

/// The `errorMessage` of a failure's document; empty where it has none.
std::string MessageIn(const std::string& document) {
  const auto read = nlohmann::json::parse(document, nullptr, /*allow_exceptions=*/false);
  if (!read.is_object()) return {};
  const auto message = read.find("errorMessage");
  return message != read.end() && message->is_string() ? message->get<std::string>() : "";
}

}  // namespace

std::string CallResult::ErrorType() const {
  if (const auto* error = std::get_if<FunctionError>(&outcome)) {
    return error->failure.type.empty() ? error->fc_type : error->failure.type;
  }
  if (const auto* error = std::get_if<PlatformError>(&outcome)) return error->code;
  return {};
}

std::string CallResult::ErrorText() const {
  std::string message;
  if (const auto* error = std::get_if<FunctionError>(&outcome)) {
    message = MessageIn(error->failure.document);
  } else if (const auto* refusal = std::get_if<PlatformError>(&outcome)) {
    message = refusal->message;
  }
  return message.empty() ? ErrorType() : ErrorType() + ": " + message;
}

}  // namespace openfc::emulator
