#pragma once

#include <string_view>

namespace openfc::sandbox {

/// The routes of the service as an OpenAPI document: openapi.json.
std::string_view ExecutorApi();

}  // namespace openfc::sandbox
