#include "sandbox/commands/isolation_options.h"

#include <string_view>

namespace openfc::sandbox {

Expected<IsolationChoice> ParseIsolation(const IsolationWords& words) {
  IsolationChoice choice;
  if (words.profile != "auto") {
    choice.profile = ProfileOf(words.profile);
    if (!choice.profile) {
      return Error{ErrorCode::kInvalidArgument,
                   "--isolation takes auto, full, setuid, unpriv, instance or none, not '" +
                       words.profile + "'"};
    }
  }
  std::string_view rest = words.allow_missing;
  while (!rest.empty()) {
    const auto comma = rest.find(',');
    const std::string_view word = rest.substr(0, comma);
    rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 1);
    const auto property = PropertyOf(word);
    if (!property) {
      return Error{ErrorCode::kInvalidArgument,
                   "--allow-missing takes numbers from P1 to P9, not '" + std::string(word) + "'"};
    }
    choice.may_be_missing.insert(*property);
  }
  return choice;
}

}  // namespace openfc::sandbox
