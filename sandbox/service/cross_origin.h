#pragma once

#include "runtime/http/request.h"
#include "runtime/http/response.h"

#include <optional>

namespace openfc::sandbox {

/// What a browser is told so that any page may call (--cors), for a request that says which page it
/// comes from; nothing for any other.
http::HeaderList CrossOriginHeaders(const http::Request& request);

/// The answer to a browser that asks before it calls; nothing for any other request.
std::optional<http::Response> AnswerPreflight(const http::Request& request);

}  // namespace openfc::sandbox
