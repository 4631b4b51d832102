#pragma once

#include "emulator/signature/signature.h"

#include <chrono>
#include <optional>
#include <string>

namespace openfc::emulator {

// The refusals that both ways of signing share.

inline SignatureRefusal MissingHeader(const std::string& name) {
  return {.status = 400,
          .code = "MissingRequiredHeader",
          .message = "the request has no header '" + name + "'"};
}

inline SignatureRefusal Denied(const std::string& message) {
  return {.code = "AccessDenied", .message = message};
}

inline SignatureRefusal WrongKeyId(const std::string& id) {
  return {.code = "InvalidAccessKeyID", .message = "the access key '" + id + "' is not known here"};
}

inline SignatureRefusal WrongSignature() {
  return {.code = "SignatureNotMatch",
          .message =
              "the signature is not the one that the secret of this access key gives: check "
              "the secret, and that nothing changes the request on its way"};
}

/// What stands against a signing date, given as `text` in the header `header`.
inline std::optional<SignatureRefusal> CheckAge(const std::optional<std::chrono::sys_seconds>& date,
                                                const std::string& header,
                                                std::chrono::system_clock::time_point now) {
  constexpr std::chrono::minutes kMost{15};
  if (!date) return Denied("the header '" + header + "' is no date as the platform has it");
  if (now - *date > kMost) return Denied("the request was signed more than 15 minutes ago");
  if (*date - now > kMost) return Denied("the request was signed more than 15 minutes ahead");
  return std::nullopt;
}

}  // namespace openfc::emulator
