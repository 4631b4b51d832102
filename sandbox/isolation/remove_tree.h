#pragma once

#include "runtime/base/error.h"

#include <cstdint>
#include <string>

namespace openfc::sandbox {

/// Removes the folder and all that is in it, however deep, following no link. By then nobody may
/// change it any more. kSystem when something stays.
Status RemoveTree(const std::string& folder);

/// Bytes that the files below a folder take, and how many there are, links not followed. Stops
/// counting at `max_files`: what has more is too much in any case.
struct TreeSize {
  std::int64_t bytes = 0;
  std::int64_t files = 0;
};
TreeSize MeasureTree(const std::string& folder, std::int64_t max_files);

}  // namespace openfc::sandbox
