#pragma once

#include "runtime/base/error.h"
#include "runtime/base/unique_fd.h"
#include "sandbox/isolation/entry.h"
#include "sandbox/wire/messages.h"
#include "sandbox/zygote/announcement.h"
#include "sandbox/zygote/entered.h"

#include <sys/types.h>

#include <chrono>
#include <utility>
#include <vector>

namespace openfc::sandbox {

/// What a child that waits is told of the run that it becomes.
struct RunLetter {
  Announcement announcement;
  Entry entry;
};

/// A child that was forked before its run came, so that nothing of the fork is on the run's way. It
/// waits outside the walls, has run no code but ours, and becomes one run. It ends when the process
/// that forked it does; with this object it is killed and reaped, unless it has become a run.
class WaitingChild {
 public:
  /// `link`: the parent's end of a SOCK_SEQPACKET pair; the child calls ReceiveRun() with the
  /// other.
  WaitingChild(pid_t pid, UniqueFd link) : pid_(pid), link_(std::move(link)) {}
  ~WaitingChild();
  WaitingChild(const WaitingChild&) = delete;
  WaitingChild& operator=(const WaitingChild&) = delete;

  /// -1 once it is not this object's to reap.
  pid_t pid() const { return pid_; }
  void SetReaped() { pid_ = -1; }

  /// Makes it a run, of the packed payload in the file `payload`, and waits for the report of its
  /// entry, which comes once a step of a rehearsal has ended. kUnavailable: it was gone, was killed
  /// before it said a word, or has said none after `patience`.
  Expected<Entered> Become(const RunLetter& letter, int payload,
                           std::chrono::seconds patience = std::chrono::seconds(10));

 private:
  pid_t pid_;
  UniqueFd link_;
};

/// The child's side.
struct ReceivedRun {
  RunLetter letter;  // Its descriptors are this process's own.
  RunPayload payload;
  std::vector<UniqueFd> descriptors;  // Of the letter.
};
/// Waits for it. kUnavailable when the parent has ended.
Expected<ReceivedRun> ReceiveRun(int link);

/// Whether a run is there already.
bool HasRun(int link);

}  // namespace openfc::sandbox
