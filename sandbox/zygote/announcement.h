#pragma once

#include <sys/types.h>

#include <cstdint>

namespace openfc::sandbox {

/// How the server is told who a run's first process is (NoticeKind::kStarted): where no namespace
/// ends the run by that process itself, before any code of the run, since the zygote that forked it
/// may be killed before it could.
struct Announcement {
  int socket = -1;  // The zygote's; -1: nothing is to be told.
  std::uint64_t run = 0;

  /// Only makes system calls: it may run in a vfork's child.
  void Make(pid_t main) const;
};

}  // namespace openfc::sandbox
