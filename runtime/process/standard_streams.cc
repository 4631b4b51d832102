#include "runtime/process/standard_streams.h"

#include <fcntl.h>
#include <unistd.h>

namespace openfc {

void OpenMissingStandardStreams() {
  // open() takes the lowest free number, so that the first one above 2 says that none is missing.
  int fd = ::open("/dev/null", O_RDWR);
  while (fd >= 0 && fd <= STDERR_FILENO) fd = ::open("/dev/null", O_RDWR);
  if (fd > STDERR_FILENO) ::close(fd);
}

}  // namespace openfc
