#include "sandbox/isolation/secret_name.h"

#include <sys/random.h>

#include <array>
#include <string_view>

namespace openfc::sandbox {

std::string SecretName() {
  std::array<unsigned char, 16> bytes{};
  (void)!::getrandom(bytes.data(), bytes.size(), 0);
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string name;
  for (const unsigned char byte : bytes) {
    name += kDigits[byte >> 4U];
    name += kDigits[byte & 15U];
  }
  return name;
}

}  // namespace openfc::sandbox
