#include "emulator/platform/http_limits.h"

#include <cstddef>
#include <string>
#include <utility>

namespace openfc::emulator {
namespace {

constexpr std::size_t kMostHeaderBytes = 8UL * 1024;
constexpr std::size_t kMostTargetBytes = 4UL * 1024;

PlatformError InvalidArgument(std::string message) {
  return {.status = 400, .code = "InvalidArgument", .message = std::move(message)};
}

PlatformError BadResponse(std::string message) {
  return {.status = 502, .code = "BadResponse", .message = std::move(message)};
}

}  // namespace

std::optional<PlatformError> CheckRequestSize(const http::Request& request) {
  if (request.target().size() > kMostTargetBytes) {
    return InvalidArgument("the path and the query take more than 4 KB");
  }
  std::size_t size = 0;
  for (std::size_t i = 0; i < request.header_count(); ++i) {
    size += request.header_name(i).size() + request.header_value(i).size();
  }
  if (size <= kMostHeaderBytes) return std::nullopt;
  return InvalidArgument("the headers of the request take more than 8 KB");
}

std::optional<PlatformError> CheckAnswerHead(const http::Response& head, PlatformLimits limits) {
  if (!http::IsSendable(head)) {
    return BadResponse("the function's answer has a status or a header that cannot be sent");
  }
  std::size_t size = 0;
  for (const auto& [name, value] : head.headers) size += name.size() + value.size();
  if (size <= kMostHeaderBytes || limits == PlatformLimits::kLifted) return std::nullopt;
  return BadResponse("the headers of the answer take more than 8 KB");
}

}  // namespace openfc::emulator
