#include "emulator/request_id.h"

#include <spdlog/fmt/fmt.h>

#include <chrono>
#include <cstdint>
#include <random>

namespace openfc::emulator {
namespace {

std::uint32_t RandomWord() {
  static thread_local std::random_device device;
  return device();
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
