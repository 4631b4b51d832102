#include "runtime/base/embedded_file.h"

namespace openfc::sandbox {

// The generated source's, where there are no files to embed.
std::span<const EmbeddedFile> PageFiles();
std::span<const EmbeddedFile> PageFiles() { return {}; }

}  // namespace openfc::sandbox
