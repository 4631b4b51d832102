#pragma once

#include "runtime/base/dialect.h"
#include "runtime/invoke/invocation.h"

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace openfc::wire {

inline constexpr std::string_view kRequestIdHeader = "x-fc-request-id";
inline constexpr std::string_view kHttpParamsHeader = "x-fc-http-params";

/// Looks a header up by its lower-case name, whatever its case on the wire; nothing when absent.
using HeaderLookup = std::function<std::optional<std::string_view>(std::string_view name)>;
using HeaderList = std::vector<std::pair<std::string, std::string>>;

/// What the headers of `next` say (fc-runtime-api.md, section 1), the body left empty. An absent
/// string reads as empty, an absent or unreadable number as 0. The request id is taken as it is:
/// the caller checks it. `x-fc-function-deadline` is wall-clock time and becomes a steady deadline
/// as of now; absent, it is now + timeout; neither: never. In AWS's dialect (section 8) the headers
/// have other names, and there are fewer of them; the handler is not among them.
Invocation ReadInvocation(const HeaderLookup& headers, Dialect dialect = Dialect::kFc);

/// The other direction, for the platform's side: every header that is not empty. The deadline, when
/// there is one, is written as wall-clock time as of now.
HeaderList WriteInvocation(const Invocation& invocation);

}  // namespace openfc::wire
