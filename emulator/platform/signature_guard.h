#pragma once

#include "emulator/platform/call.h"
#include "emulator/signature/signed_request.h"
#include "runtime/base/error.h"
#include "runtime/http/request.h"

#include <optional>
#include <string>
#include <utility>

namespace openfc::emulator {

/// Lets in only who has signed with a key pair; without one everybody, signed or not.
class SignatureGuard {
 public:
  explicit SignatureGuard(std::optional<KeyPair> keys) : keys_(std::move(keys)) {}

  /// Nothing for a request that may pass. Its body must be there.
  std::optional<PlatformError> Refusal(const http::Request& request) const;

 private:
  const std::optional<KeyPair> keys_;
};

/// `ID:SECRET`. kInvalidArgument with a sentence, which does not show it, for what is none.
Expected<KeyPair> ReadKeyPair(const std::string& text);

}  // namespace openfc::emulator
