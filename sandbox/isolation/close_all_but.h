#pragma once

#include <vector>

namespace openfc::sandbox {

/// Closes every descriptor of this process but these; numbers below 0 are none.
void CloseAllBut(std::vector<int> kept);

}  // namespace openfc::sandbox
