#pragma once

#include "emulator/signature/signed_request.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace openfc::emulator {

// How the parts of a request are written where they are signed.

std::string LowerCase(std::string_view text);
std::string_view Trim(std::string_view text);

std::string_view PathOf(std::string_view target);

/// One parameter of a query, decoded.
struct QueryParameter {
  std::string name;
  std::string value;
  bool has_value = false;  // There is a `=`.
};
std::vector<QueryParameter> QueryOf(std::string_view target);

/// Everything but A-Z a-z 0-9 - _ . ~ as %XX.
std::string EncodePercent(std::string_view text);

/// An encoded path as EncodePercent() would have made its segments.
std::string NormalizePath(std::string_view path);

/// The first header of that name, trimmed; `name` is in lower case.
std::optional<std::string_view> FindHeader(const SignedRequest& request, std::string_view name);

}  // namespace openfc::emulator
