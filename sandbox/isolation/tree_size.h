#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <string>

namespace openfc::sandbox {

/// Bytes that the files below a folder take, and how many there are, links not followed. Stops
/// counting at `max_files`: what has more is too much in any case.
struct TreeSize {
  std::int64_t bytes = 0;
  std::int64_t files = 0;
};

/// Of a file's blocks.
std::int64_t BytesOf(const struct stat& about);

/// Of a folder that others may change meanwhile. One that its owner has shut is opened for as long
/// as it is looked into, where we are the owner; what cannot be looked into has `max_files`.
TreeSize MeasureTree(const std::string& folder, std::int64_t max_files);

}  // namespace openfc::sandbox
