#include "emulator/digest/crc64.h"

#include <array>
#include <cstddef>

namespace openfc::emulator {
namespace {

constexpr std::uint64_t kPolynomial = 0xC96C5795D7870F42;  // Its bits the other way round.
constexpr std::size_t kBytesAtOnce = 8;
using Table = std::array<std::uint64_t, 256>;

/// The first table is that of one byte; the others shift it past so many further bytes.
constexpr std::array<Table, kBytesAtOnce> MakeTables() {
  std::array<Table, kBytesAtOnce> tables{};
  for (std::size_t byte = 0; byte < tables[0].size(); ++byte) {
    std::uint64_t rest = byte;
    for (int bit = 0; bit < 8; ++bit) rest = (rest >> 1U) ^ ((rest & 1U) != 0 ? kPolynomial : 0);
    tables[0][byte] = rest;
  }
  for (std::size_t table = 1; table < kBytesAtOnce; ++table) {
    for (std::size_t byte = 0; byte < tables[0].size(); ++byte) {
      const std::uint64_t before = tables[table - 1][byte];
      tables[table][byte] = (before >> 8U) ^ tables[0][before & 0xFFU];
    }
  }
  return tables;
}

constexpr std::array<Table, kBytesAtOnce> kTables = MakeTables();

std::uint8_t ByteAt(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint8_t>(bytes[at]);
}

}  // namespace

void Crc64::Add(std::string_view bytes) {
  std::uint64_t rest = register_;
  for (; bytes.size() >= kBytesAtOnce; bytes.remove_prefix(kBytesAtOnce)) {
    std::uint64_t next = 0;
    for (std::size_t i = 0; i < kBytesAtOnce; ++i) {
      const std::size_t byte = ((rest >> (8 * i)) & 0xFFU) ^ ByteAt(bytes, i);
      next ^= kTables[kBytesAtOnce - 1 - i][byte];
    }
    rest = next;
  }
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    rest = (rest >> 8U) ^ kTables[0][(rest ^ ByteAt(bytes, i)) & 0xFFU];
  }
  register_ = rest;
}

}  // namespace openfc::emulator
