#include "sandbox/isolation/listing.h"

#include <fcntl.h>
#include <unistd.h>

#include <string_view>

namespace openfc::sandbox {

Listing List(int folder) {
  const int own = ::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  DIR* stream = own >= 0 ? ::fdopendir(own) : nullptr;
  if (stream == nullptr && own >= 0) ::close(own);
  return {stream, &::closedir};
}

bool IsDots(const char* name) {
  const std::string_view text(name);
  return text == "." || text == "..";
}

}  // namespace openfc::sandbox
