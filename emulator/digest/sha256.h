#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace openfc::emulator {

/// The digest of bytes that come in pieces.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  void Add(std::string_view bytes);

  /// 64 digits in lower case; once.
  std::string HexDigest();

 private:
  struct State;
  const std::unique_ptr<State> state_;
};

/// The digest of `bytes`, as 64 digits in lower case.
std::string Sha256Hex(std::string_view bytes);

/// The 32 bytes of the digest with a key.
std::string HmacSha256(std::string_view key, std::string_view bytes);

/// Lower case.
std::string EncodeHex(std::string_view bytes);

/// Whether the two are equal, in a time that depends on their lengths alone.
bool IsSameSecret(std::string_view left, std::string_view right);

}  // namespace openfc::emulator
