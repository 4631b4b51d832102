#include "runtime/base/json_depth.h"

namespace openfc {
namespace {

/// Where the string that begins before `at` ends: behind its quote.
std::size_t EndOfString(std::string_view json, std::size_t at) {
  while (at < json.size() && json[at] != '"') at += json[at] == '\\' ? 2 : 1;
  return at + 1;
}

}  // namespace

bool IsNestedDeeperThan(std::string_view json, std::size_t limit) {
  std::size_t depth = 0;
  for (std::size_t at = 0; at < json.size();) {
    const char sign = json[at++];
    if (sign == '"') {
      at = EndOfString(json, at);
    } else if (sign == '[' || sign == '{') {
      if (++depth > limit) return true;
    } else if ((sign == ']' || sign == '}') && depth > 0) {
      --depth;
    }
  }
  return false;
}

}  // namespace openfc
