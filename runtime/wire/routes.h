#pragma once

#include <string>
#include <string_view>

namespace openfc::wire {

/// The paths of FC's Runtime API (fc-runtime-api.md, section 1).
inline constexpr std::string_view kNextPath = "/2020-11-11/runtime/invocation/next";
inline constexpr std::string_view kInitErrorPath = "/2020-11-11/runtime/init/error";
inline constexpr std::string_view kInvocationPrefix = "/2020-11-11/runtime/invocation/";
inline constexpr std::string_view kResponseSuffix = "/response";
inline constexpr std::string_view kErrorSuffix = "/error";

/// `request_id` must be a valid one (page/IsValidRequestId): it is not escaped.
inline std::string ResponsePath(std::string_view request_id) {
  return std::string(kInvocationPrefix).append(request_id).append(kResponseSuffix);
}
inline std::string ErrorPath(std::string_view request_id) {
  return std::string(kInvocationPrefix).append(request_id).append(kErrorSuffix);
}

inline constexpr std::string_view kResponseContentType = "application/octet-stream";
inline constexpr std::string_view kErrorContentType = "application/json";
inline constexpr std::string_view kUserAgent = "openfc-python/" OPENFC_VERSION;

}  // namespace openfc::wire
