#include "emulator/request_id.h"

#include <spdlog/fmt/fmt.h>

#include <chrono>
#include <cstdint>
#include <random>

namespace openfc::emulator {
namespace {

/// Ids are told apart, not kept secret: the system is asked once a thread, for each would cost more
/// than the rest of a call.
std::uint32_t RandomWord() {
  static thread_local std::mt19937_64 generator = [] {
    std::random_device device;
    std::seed_seq seed{device(), device(), device(), device()};
    return std::mt19937_64(seed);
  }();
  return static_cast<std::uint32_t>(generator() >> 32);
}

std::uint32_t SecondsSinceEpoch() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<std::uint32_t>(std::chrono::duration_cast<std::chrono::seconds>(now).count());
}

}  // namespace

std::string MakeRequestId() {
  return fmt::format("1-{:08x}-{:08x}{:08x}{:08x}", SecondsSinceEpoch(), RandomWord(), RandomWord(),
                     RandomWord());
}

std::string MakeUuid() {
  constexpr std::uint32_t kVersion4 = 0x4000;
  constexpr std::uint32_t kVariant = 0x8000;
  const std::uint32_t middle = RandomWord();
  const std::uint32_t last = RandomWord();
  return fmt::format("{:08x}-{:04x}-{:04x}-{:04x}-{:04x}{:08x}", RandomWord(), middle >> 16,
                     kVersion4 | (middle & 0xfff), kVariant | (last >> 18), last & 0xffff,
                     RandomWord());
}

}  // namespace openfc::emulator
