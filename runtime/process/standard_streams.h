#pragma once

namespace openfc {

/// Opens /dev/null under those of the numbers 0, 1 and 2 that are closed. Otherwise the next socket
/// or event descriptor gets such a number, and what is printed goes into it. First thing in main.
void OpenMissingStandardStreams();

}  // namespace openfc
