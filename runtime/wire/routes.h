#pragma once

#include "runtime/base/dialect.h"

#include <string>
#include <string_view>

namespace openfc::wire {

/// The paths of FC's Runtime API (fc-runtime-api.md, section 1). AWS's differ in the version that
/// they begin with.
inline constexpr std::string_view kNextPath = "/2020-11-11/runtime/invocation/next";
inline constexpr std::string_view kInitErrorPath = "/2020-11-11/runtime/init/error";
inline constexpr std::string_view kInvocationPrefix = "/2020-11-11/runtime/invocation/";
inline constexpr std::string_view kResponseSuffix = "/response";
inline constexpr std::string_view kErrorSuffix = "/error";

/// One of the paths above, as that dialect has it.
inline std::string PathIn(Dialect dialect, std::string_view path) {
  constexpr std::string_view kVersion = "/2020-11-11";
  constexpr std::string_view kAwsVersion = "/2018-06-01";
  if (dialect == Dialect::kFc) return std::string(path);
  return std::string(kAwsVersion).append(path.substr(kVersion.size()));
}

/// `request_id` must be a valid one (page/IsValidRequestId): it is not escaped.
inline std::string ResponsePath(std::string_view request_id, Dialect dialect = Dialect::kFc) {
  return PathIn(dialect, kInvocationPrefix).append(request_id).append(kResponseSuffix);
}
inline std::string ErrorPath(std::string_view request_id, Dialect dialect = Dialect::kFc) {
  return PathIn(dialect, kInvocationPrefix).append(request_id).append(kErrorSuffix);
}

inline constexpr std::string_view kResponseContentType = "application/octet-stream";
inline constexpr std::string_view kErrorContentType = "application/json";
inline constexpr std::string_view kUserAgent = "openfc-python/" OPENFC_VERSION;

/// What AWS's dialect adds to posts: an error's type for the platform, its cause for the trace
/// service, and the id of the attempt, sent back as it came.
inline constexpr std::string_view kErrorTypeHeader = "Lambda-Runtime-Function-Error-Type";
inline constexpr std::string_view kTraceCauseHeader = "Lambda-Runtime-Function-XRay-Error-Cause";
inline constexpr std::string_view kInvocationIdHeader = "Lambda-Runtime-Invocation-Id";

}  // namespace openfc::wire
