#include "sandbox/service/dialect.h"

#include <utility>

namespace openfc::sandbox {

http::Response JsonAnswer(int status, std::string document) {
  return {.status = status,
          .headers = {{"Content-Type", "application/json"}},
          .body = std::move(document)};
}

http::Response WithRetryAfter(http::Response response, std::chrono::seconds after) {
  response.headers.emplace_back("Retry-After", std::to_string(after.count()));
  return response;
}

}  // namespace openfc::sandbox
