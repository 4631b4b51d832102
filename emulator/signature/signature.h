#pragma once

#include "emulator/signature/signed_request.h"

#include <chrono>
#include <optional>
#include <string>

namespace openfc::emulator {

/// What a caller is told whose request is not let in.
struct SignatureRefusal {
  int status = 403;     // Of the HTTP answer.
  std::string code;     // As the platform names it: SignatureNotMatch.
  std::string message;  // A sentence; never holds the secret or what would have been right.
};

/// Whether `request` was signed with `keys`, at most 15 minutes before or after `now`; nothing says
/// that it was. Both ways of signing are taken, whatever the version of the API:
///
///   Authorization: FC ID:SIGNATURE                       FC 2; covers Date, not the body
///   Authorization: ACS3-HMAC-SHA256 Credential=ID,...    FC 3; covers x-acs-date and the body
///
/// MissingRequiredHeader (400), InvalidAccessKeyID, AccessDenied and SignatureNotMatch (403) are
/// the answers. A request that is repeated within its time is not noticed.
std::optional<SignatureRefusal> CheckSignature(const KeyPair& keys, const SignedRequest& request,
                                               std::chrono::system_clock::time_point now);

}  // namespace openfc::emulator
