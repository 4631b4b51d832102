#include "emulator/signature/signature.h"

#include "emulator/signature/acs3_signature.h"
#include "emulator/signature/fc2_signature.h"
#include "emulator/signature/refusals.h"
#include "emulator/signature/request_text.h"

#include <algorithm>

namespace openfc::emulator {

std::optional<SignatureRefusal> CheckSignature(const KeyPair& keys, const SignedRequest& request,
                                               std::chrono::system_clock::time_point now) {
  const auto authorization = FindHeader(request, "authorization");
  if (!authorization || authorization->empty()) return MissingHeader("Authorization");
  const auto blank = std::min(authorization->find(' '), authorization->size());
  const auto scheme = authorization->substr(0, blank);
  const auto rest = Trim(authorization->substr(blank));
  if (scheme == "FC") return CheckFc2Signature(keys, request, rest, now);
  if (scheme == "ACS3-HMAC-SHA256") return CheckAcs3Signature(keys, request, rest, now);
  return Denied("'" + std::string(scheme) +
                "' is no way of signing that is known here: FC and ACS3-HMAC-SHA256 are");
}

}  // namespace openfc::emulator
