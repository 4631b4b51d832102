#pragma once

#include "emulator/platform/function_table.h"
#include "runtime/base/error.h"

#include <string>
#include <string_view>
#include <variant>

namespace openfc::emulator {

/// Where the result of an asynchronous invocation goes.
struct FunctionDestination {
  std::string service = {};  // Of a function of FC 2.
  std::string function = {};
};
struct FileDestination {
  std::string path = {};  // Each result is a line of it.
};
struct UrlDestination {
  std::string url = {};  // That each result is posted to.
};
using Destination = std::variant<FunctionDestination, FileDestination, UrlDestination>;

/// Reads what a s.yaml has: `acs:fc:...:functions/F`, `acs:fc:...:services/S/functions/F` (each
/// maybe with a qualifier), the name of a function; `file:PATH`, relative to `folder`; or an URL.
/// kInvalidArgument with a sentence for what is none of these, other services of the platform
/// included.
Expected<Destination> ReadDestination(const std::string& text, const std::string& folder);

/// The pool of such a function.
FunctionTable::Found Find(const FunctionTable& functions, const FunctionDestination& destination);

}  // namespace openfc::emulator
