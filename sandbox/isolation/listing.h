#pragma once

#include <dirent.h>

#include <memory>

namespace openfc::sandbox {

/// What is in a folder, to be read by readdir; empty when it cannot be read.
using Listing = std::unique_ptr<DIR, int (*)(DIR*)>;

/// `folder` may be one that was only found (O_PATH), and stays the caller's.
Listing List(int folder);

/// `.` or `..`.
bool IsDots(const char* name);

}  // namespace openfc::sandbox
