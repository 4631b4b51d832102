#pragma once

#include "emulator/signature/signature.h"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace openfc::emulator {

/// FC 3's way: `authorization` is what stands behind `ACS3-HMAC-SHA256 `:
/// `Credential=ID,SignedHeaders=a;b,Signature=HEX`.
std::optional<SignatureRefusal> CheckAcs3Signature(const KeyPair& keys,
                                                   const SignedRequest& request,
                                                   std::string_view authorization,
                                                   std::chrono::system_clock::time_point now);

/// The text whose digest is signed: method, path, query, the headers that `signed_headers` lists
/// (in lower case, by semicolons), that list, the digest of the body.
std::string Acs3CanonicalRequest(const SignedRequest& request, std::string_view signed_headers,
                                 std::string_view body_digest);

}  // namespace openfc::emulator
