#include "emulator/platform/destination.h"

#include "emulator/http_client/http_client.h"

#include <filesystem>

namespace openfc::emulator {
namespace {

constexpr std::string_view kArn = "acs:";
constexpr std::string_view kFunctionArn = "acs:fc:";
constexpr std::string_view kFile = "file:";

Error Unknown(const std::string& text) {
  return Error{ErrorCode::kInvalidArgument,
               "the destination '" + text +
                   "' is not served here: name a function, file:PATH or an http:// URL"};
}

/// Up to the first of `marks`, which is where a qualifier begins.
std::string_view Before(std::string_view text, std::string_view marks) {
  return text.substr(0, text.find_first_of(marks));
}

/// What comes after `acs:fc:REGION:ACCOUNT:`.
Expected<Destination> ReadArn(const std::string& text) {
  std::string_view rest = text;
  constexpr int kParts = 4;
  for (int part = 0; part < kParts; ++part) {
    const auto colon = rest.find(':');
    if (colon == std::string_view::npos) return Unknown(text);
    rest.remove_prefix(colon + 1);
  }
  constexpr std::string_view kServices = "services/";
  constexpr std::string_view kFunctions = "functions/";
  FunctionDestination destination;
  if (rest.starts_with(kServices)) {
    rest.remove_prefix(kServices.size());
    const auto slash = rest.find('/');
    if (slash == std::string_view::npos) return Unknown(text);
    destination.service = Before(rest.substr(0, slash), ".");
    rest.remove_prefix(slash + 1);
  }
  if (!rest.starts_with(kFunctions)) return Unknown(text);
  destination.function = Before(rest.substr(kFunctions.size()), "/");
  if (destination.function.empty()) return Unknown(text);
  return Destination(std::move(destination));
}

}  // namespace

Expected<Destination> ReadDestination(const std::string& text, const std::string& folder) {
  if (text.starts_with(kFunctionArn)) return ReadArn(text);
  if (text.starts_with(kArn) || text.empty()) return Unknown(text);
  if (text.starts_with(kFile)) {
    const std::filesystem::path path(text.substr(kFile.size()));
    if (path.filename().empty()) return Unknown(text);
    return Destination(FileDestination{(std::filesystem::path(folder) / path).string()});
  }
  if (text.find("://") == std::string::npos) return Destination(FunctionDestination{{}, text});
  if (const Status url = CheckUrl(text); !url) return url.error();
  return Destination(UrlDestination{text});
}

FunctionTable::Found Find(const FunctionTable& functions, const FunctionDestination& destination) {
  return destination.service.empty() ? functions.Find(destination.function)
                                     : functions.Find(destination.service, destination.function);
}

}  // namespace openfc::emulator
