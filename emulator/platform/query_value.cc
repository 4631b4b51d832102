#include "emulator/platform/query_value.h"

#include "runtime/wire/encoding.h"

#include <algorithm>

namespace openfc::emulator {

std::string QueryValue(std::string_view target, std::string_view key) {
  const auto mark = target.find('?');
  std::string_view rest = mark == std::string_view::npos ? "" : target.substr(mark + 1);
  while (!rest.empty()) {
    const std::string_view pair = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
    if (pair.starts_with(key) && pair.substr(key.size()).starts_with('=')) {
      return wire::DecodePercent(pair.substr(key.size() + 1), /*is_query=*/true);
    }
  }
  return {};
}

}  // namespace openfc::emulator
