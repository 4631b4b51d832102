#pragma once

#include "runtime/base/error.h"

#include <cstdint>
#include <string>

namespace openfc::emulator {

/// The platform's, for a code package and for a layer.
struct UnpackLimits {
  std::int64_t bytes = std::int64_t{500} * 1024 * 1024;  // Of all files, unpacked.
  std::int64_t entries = 100'000;                        // So many descriptors; more is a mistake.
};

/// Unpacks the zip at `archive` into `folder`, which is empty. Permissions are kept (as far as the
/// owner could not read or write otherwise), owners and times are not.
///
/// kInvalidArgument in a sentence that names the archive, and the entry: it would leave the folder,
/// by its name or by a link; it is there twice, or below a file; it is neither file nor folder nor
/// link; too much comes out. `folder` then holds a part.
Status Unpack(const std::string& archive, const std::string& folder,
              const UnpackLimits& limits = {});

}  // namespace openfc::emulator
