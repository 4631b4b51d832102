#include "runtime/http/request.h"

#include <algorithm>

namespace openfc::http {
namespace {

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

bool EqualsIgnoringCase(std::string_view left, std::string_view right) {
  return left.size() == right.size() &&
         std::equal(left.begin(), left.end(), right.begin(),
                    [](char a, char b) { return Lower(a) == Lower(b); });
}

const Endpoints& Request::endpoints() const {
  static const Endpoints unknown;
  return endpoints_ ? *endpoints_ : unknown;
}

std::optional<std::string_view> Request::Header(std::string_view name) const {
  if ((name_sizes_ & SizeBit(name)) == 0) return std::nullopt;  // Most that are asked for.
  for (const Field& field : fields_) {
    if (EqualsIgnoringCase(At(field.name), name)) return At(field.value);
  }
  return std::nullopt;
}

}  // namespace openfc::http
