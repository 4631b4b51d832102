#pragma once

#include "emulator/signature/signature.h"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace openfc::emulator {

/// FC 2's way: `authorization` is what stands behind `FC `, an id and a signature with a colon
/// between.
std::optional<SignatureRefusal> CheckFc2Signature(const KeyPair& keys, const SignedRequest& request,
                                                  std::string_view authorization,
                                                  std::chrono::system_clock::time_point now);

/// The text that is signed: method, Content-MD5, Content-Type, Date, the x-fc-* headers, the
/// resource; the last one with its query unless it is a service or function of the API itself. All
/// decoded.
std::string Fc2StringToSign(const SignedRequest& request);

}  // namespace openfc::emulator
