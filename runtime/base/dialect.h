#pragma once

namespace openfc {

/// Whose Runtime API is spoken (fc-runtime-api.md, sections 1 and 8): the same protocol, with other
/// paths, headers and documents.
enum class Dialect { kFc, kAws };

}  // namespace openfc
