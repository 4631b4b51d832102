#pragma once

#include "runtime/invoke/invocation.h"

#include <string>
#include <string_view>

namespace openfc::python {

/// Where in the application a request goes. Decoded parts are bytes, not text.
struct RequestPaths {
  std::string root;        // The base path, decoded; without a slash at its end.
  std::string path;        // Below the root, decoded.
  std::string raw_path;    // With the root, as sent.
  std::string_view query;  // As sent; of the request.
};

/// The request's paths, whether or not its target has the base path in front.
RequestPaths PathsOf(const HttpRequest& request);

/// Each `%41` as the byte that it stands for; what is no such escape stays.
std::string PercentDecoded(std::string_view text);

}  // namespace openfc::python
