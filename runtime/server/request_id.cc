#include "runtime/server/request_id.h"

#include <chrono>
#include <cstdint>
#include <random>

namespace openfc {
namespace {

constexpr int kBitsPerDigit = 4;

void AppendHex(std::uint64_t number, int digits, std::string& text) {
  constexpr const char* kDigits = "0123456789abcdef";
  for (int shift = (digits - 1) * kBitsPerDigit; shift >= 0; shift -= kBitsPerDigit) {
    text += kDigits[number >> shift & 15];
  }
}

std::uint64_t SecondsSinceEpoch() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(now).count());
}

}  // namespace

std::string MakeRequestId() {
  // Seeded once a thread: a process that was forked in one that makes ids makes none itself.
  thread_local std::mt19937_64 generator = [] {
    std::random_device device;
    std::seed_seq seed{device(), device(), device(), device()};
    return std::mt19937_64(seed);
  }();
  std::string id = "1-";
  AppendHex(SecondsSinceEpoch(), 8, id);
  id += '-';
  AppendHex(generator(), 16, id);
  AppendHex(generator(), 8, id);
  return id;
}

}  // namespace openfc
