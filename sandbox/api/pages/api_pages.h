#pragma once

#include "runtime/http/request.h"
#include "runtime/http/response.h"

#include <optional>
#include <string_view>

namespace openfc::sandbox {

/// What the pages show.
struct ShownApi {
  std::string_view title;     // Goes into the page as it is.
  std::string_view document;  // OpenAPI, as JSON.
};

/// Whether this program was built with the pages; the document is always there.
bool HasApiPages();

/// GET and HEAD of /openapi.json, /docs (Swagger UI), /redoc, and of what the two load from here
/// and nowhere else. Nothing: none of them.
std::optional<http::Response> AnswerApiPage(const http::Request& request, const ShownApi& api);

}  // namespace openfc::sandbox
