#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace openfc::wire {

/// The error JSON of fc-runtime-api.md, section 4, in the layout of `json.dumps(..., indent=4,
/// sort_keys=True)`. `stack` is a flat list of strings; empty, stackTrace is left out. Bytes that
/// are not UTF-8 are replaced.
std::string ErrorDocument(std::string_view type, std::string_view message,
                          const std::vector<std::string>& stack = {});

/// A Python stack as section 4 has it: a list for each frame, outermost first.
using Stack = std::vector<std::vector<std::string>>;

/// The same document with such a stack; empty, stackTrace is left out.
std::string FaultDocument(std::string_view type, std::string_view message, const Stack& stack);

/// The document as AWS's platform writes it: on one line, without blanks.
std::string LambdaErrorDocument(std::string_view type, std::string_view message,
                                const std::vector<std::string>& stack = {});

}  // namespace openfc::wire
