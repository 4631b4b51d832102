#pragma once

#include "runtime/base/unique_fd.h"
#include "sandbox/isolation/run_place.h"
#include "sandbox/wire/messages.h"
#include "sandbox/zygote/live_runs.h"
#include "sandbox/zygote/looker.h"
#include "sandbox/zygote/python_run.h"
#include "sandbox/zygote/spare_timing.h"
#include "sandbox/zygote/waiting_child.h"

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace openfc::sandbox {

/// The fork server: takes orders, starts a child for each run, and tells of its end. One thread. It
/// keeps a place and, where Python comes, a child ready, so that what takes time is done before a
/// run comes.
class Zygote {
 public:
  /// `socket`: to the engine. `premises`, `looker` and `python` must outlive it.
  Zygote(int socket, const Premises& premises, const Looker& looker, WarmPython& python);

  /// Until the engine is gone.
  void Serve();

 private:
  struct Spare {
    std::unique_ptr<RunPlace> place;
    std::unique_ptr<WaitingChild> child;  // In the place, and gone before it; none: not forked yet.
  };

  bool TakeOrder();
  void StartRun(const Order& order, const std::vector<UniqueFd>& descriptors);
  Expected<Entered> Enter(Spare* spare, const Order& order, const RunPayload& payload,
                          const std::vector<UniqueFd>& descriptors);
  Expected<Entered> EnterPython(Spare& spare, std::uint64_t run, int payload);
  Expected<Entered> EnterCommand(Spare& spare, std::uint64_t run, RunPayload payload);
  Announcement AnnouncementIn(const RunPlace& place, std::uint64_t run) const;
  void Fail(std::uint64_t id, std::string_view why) const;
  void TellRefused(std::uint64_t id, const EntryReport& report, const RunPayload& payload,
                   int errors) const;
  Deadline WhenToMakeSpare() const;
  bool MakeSpare();
  Status ForkInto(Spare& spare);
  std::unique_ptr<Spare> TakeSpare();
  void NoteReaped(pid_t child);

  const int socket_;
  const Premises& premises_;
  WarmPython& python_;
  UniqueFd children_;  // Readable when one has ended.
  LiveRuns runs_;
  std::vector<std::unique_ptr<Spare>> spares_;  // The next one last.
  SpareTiming timing_;
  bool was_python_ = true;  // The last run.
};

}  // namespace openfc::sandbox
