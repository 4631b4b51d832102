#pragma once

#include "runtime/base/error.h"

#include <string>

namespace openfc::sandbox {

/// Removes the folder and all that is in it, however deep, following no link. By then nobody may
/// change it any more. kSystem when something stays.
Status RemoveTree(const std::string& folder);

}  // namespace openfc::sandbox
