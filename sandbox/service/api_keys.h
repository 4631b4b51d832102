#pragma once

#include "runtime/base/error.h"
#include "runtime/http/request.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace openfc::sandbox {

/// The keys that open the service. Without any, everybody is let in.
class ApiKeys {
 public:
  ApiKeys() = default;
  explicit ApiKeys(std::vector<std::string> keys) : keys_(std::move(keys)) {}

  /// One key a line; empty lines and those that begin with # are none. kInvalidArgument with the
  /// file's name when it cannot be read, has no key, or one that no header could carry.
  static Expected<ApiKeys> ReadFile(const std::string& path);

  bool empty() const { return keys_.empty(); }

  /// Whether the request has one: `Authorization: Bearer KEY` or `X-API-Key: KEY`. How long that
  /// takes tells nothing of the keys but their lengths.
  bool LetsIn(const http::Request& request) const;

 private:
  bool Has(std::string_view offered) const;

  std::vector<std::string> keys_;
};

}  // namespace openfc::sandbox
