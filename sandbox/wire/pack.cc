#include "sandbox/wire/pack.h"

#include <cstdint>
#include <cstring>

namespace openfc::sandbox {

std::string Pack(const std::vector<std::string>& texts) {
  std::string pack;
  for (const std::string& text : texts) {
    const std::uint64_t size = text.size();
    pack.append(reinterpret_cast<const char*>(&size), sizeof(size));
    pack += text;
  }
  return pack;
}

Expected<std::vector<std::string>> Unpack(std::string_view pack) {
  std::vector<std::string> texts;
  while (!pack.empty()) {
    std::uint64_t size = 0;
    if (pack.size() < sizeof(size)) break;
    std::memcpy(&size, pack.data(), sizeof(size));
    pack.remove_prefix(sizeof(size));
    if (size > pack.size()) return Error{ErrorCode::kProtocol, "a pack ends in the middle"};
    texts.emplace_back(pack.substr(0, size));
    pack.remove_prefix(size);
  }
  if (!pack.empty()) return Error{ErrorCode::kProtocol, "a pack ends in the middle"};
  return texts;
}

}  // namespace openfc::sandbox
