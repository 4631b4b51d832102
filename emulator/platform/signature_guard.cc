#include "emulator/platform/signature_guard.h"

#include "emulator/signature/signature.h"

#include <algorithm>
#include <chrono>

namespace openfc::emulator {

std::optional<PlatformError> SignatureGuard::Refusal(const http::Request& request) const {
  if (!keys_) return std::nullopt;
  SignedRequest seen{
      .method = request.method(), .target = request.target(), .body = request.body()};
  for (std::size_t i = 0; i < request.header_count(); ++i) {
    seen.headers.push_back({request.header_name(i), request.header_value(i)});
  }
  const auto refusal = CheckSignature(*keys_, seen, std::chrono::system_clock::now());
  if (!refusal) return std::nullopt;
  return PlatformError{
      .status = refusal->status, .code = refusal->code, .message = refusal->message};
}

Expected<KeyPair> ReadKeyPair(const std::string& text) {
  const auto colon = text.find(':');
  const bool is_plain = std::all_of(text.begin(), text.end(),
                                    [](char letter) { return letter > ' ' && letter < 0x7f; });
  if (colon == std::string::npos || colon == 0 || colon + 1 == text.size() || !is_plain) {
    return Error{ErrorCode::kInvalidArgument,
                 "a key pair is an access key's id and its secret: ID:SECRET"};
  }
  return KeyPair{.id = text.substr(0, colon), .secret = text.substr(colon + 1)};
}

}  // namespace openfc::emulator
