#pragma once

#include <string>

namespace openfc {

/// An id for a request that came without one, in the platform's shape: `1-`, the Unix time in 8 hex
/// digits, 24 random ones. Not for secrets.
std::string MakeRequestId();

}  // namespace openfc
