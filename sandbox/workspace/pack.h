#pragma once

#include "runtime/base/error.h"
#include "sandbox/workspace/beneath.h"
#include "sandbox/workspace/unpack.h"

namespace openfc::sandbox {

/// Packs all that lies in `folder` as a tar in gzip into `file`: names without `./`, folders before
/// what they hold, in the order of their names. Links stay links; pipes, sockets and devices are
/// left out. The ratio of the limits is not asked for.
///
/// kInvalidArgument when there is more than the limits let through, or a folder that cannot be
/// read. What is packed within some limits is unpacked within them.
Status PackFolder(const Beneath& folder, int file, const ArchiveLimits& limits);

}  // namespace openfc::sandbox
