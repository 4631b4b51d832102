#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace openfc::emulator {

/// An access key of the platform's.
struct KeyPair {
  std::string id;
  std::string secret;
};

struct SignedHeader {
  std::string_view name;  // In any case.
  std::string_view value;
};

/// What of a request can be signed, as it came. Borrows all of it.
struct SignedRequest {
  std::string_view method = {};
  std::string_view target = {};  // Path and query, not decoded.
  std::vector<SignedHeader> headers = {};
  std::string_view body = {};  // Whole.
};

}  // namespace openfc::emulator
