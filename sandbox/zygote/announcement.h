#pragma once

#include <cstdint>

namespace openfc::sandbox {

/// How a run's first process tells the server who it is (NoticeKind::kStarted), before any code of
/// the run: the zygote that forked it may be killed before it could.
struct Announcement {
  int socket = -1;  // The zygote's. -1: nothing is to be told, a namespace ends the run.
  std::uint64_t run = 0;

  /// By that process. Only makes system calls: it may run in a vfork's child.
  void Make() const;
};

}  // namespace openfc::sandbox
