#pragma once

#include <cstdint>
#include <string_view>

namespace openfc::emulator {

/// CRC-64 as the platform has it for code packages (ECMA-182's polynomial, as in XZ), of bytes that
/// come in pieces. Tells changes, and nothing else: anybody can make bytes for a sum.
class Crc64 {
 public:
  void Add(std::string_view bytes);

  /// Of all that was added so far.
  std::uint64_t value() const { return ~register_; }

 private:
  std::uint64_t register_ = ~std::uint64_t{0};
};

}  // namespace openfc::emulator
