#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace openfc::testing {

/// Asks the Python that the build embeds, running plainly, for what it would say: oracle.py's
/// answer to `question`, run in `folder`. Throws when it has none.
std::string AskPython(const std::vector<std::string>& question,
                      const std::filesystem::path& folder = {});

/// The value of an expression: text or bytes as they are, all else as JSON.
std::string EvaluateInPython(const std::string& expression);

}  // namespace openfc::testing
