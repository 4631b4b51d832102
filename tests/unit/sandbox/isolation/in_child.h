#pragma once

#include <sys/wait.h>
#include <unistd.h>

namespace openfc::sandbox {

/// What `inside`, called in a child of this process, returns (0 to 255), or 128 + the signal that
/// ended it. Walls cannot be taken down again: each is tried by a child.
template <typename Inside>
int InChild(Inside inside) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(inside());
  int status = 0;
  if (child < 0 || ::waitpid(child, &status, 0) != child) return -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace openfc::sandbox
