#pragma once

namespace openfc::sandbox {

/// Puts this process's own memory, as far as it lies together, into huge pages (Linux 6.1): a fork
/// copies, and the end of its child takes down, one entry where there were 512. What a child writes
/// to is copied in small pages all the same. Where it cannot be had, memory stays as it is.
void GatherHugePages();

}  // namespace openfc::sandbox
