#pragma once

#include "runtime/base/deadline.h"
#include "sandbox/isolation/run_place.h"
#include "sandbox/wire/messages.h"
#include "sandbox/zygote/looker.h"

#include <sys/resource.h>
#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <optional>

namespace openfc::sandbox {

/// The runs that a zygote has started: their ends, their deadlines, and what of them is left. One
/// thread.
class LiveRuns {
 public:
  /// `ended` is called for each run, once nothing is left of it. `looker` must outlive it.
  LiveRuns(const Looker& looker, std::function<void(const Notice&)> ended)
      : looker_(looker), ended_(std::move(ended)) {}

  struct Start {
    std::uint64_t id = 0;
    Limits limits;
    Deadline::Clock::time_point begun;
    std::chrono::nanoseconds processor_before{0};  // Its first process has used, before it began.
  };
  void Add(const Start& start, std::unique_ptr<RunPlace> place);

  /// Kills one that lives; its verdict is kCancelled.
  void Cancel(std::uint64_t id);

  /// Reaps what has ended (after SIGCHLD), kills what is over its time, or uses too much, and tells
  /// of runs that are over. `reaped` is told of each child that is reaped, too.
  void Tend(const std::function<void(pid_t)>& reaped);

  bool is_empty() const { return runs_.empty(); }

  /// TakeLook() is to be called when this is readable; -1: nothing is to be waited for.
  int look_fd() const { return has_looker_ ? looker_.fd() : -1; }
  void TakeLook();

  /// When Tend() has something to do though no child ends.
  Deadline NextDeadline() const;

  /// Kills all, and waits a moment until nothing is left.
  void End();

 private:
  struct Run {
    Start start;
    std::unique_ptr<RunPlace> place;
    Deadline until;
    Deadline next_look;            // At what it uses; never where the kernel counts.
    Deadline next_processor_look;  // At its first process's processor time.
    std::optional<RunEnd> forced;  // Why we have killed it.
    bool has_ended = false;        // Its main process.
    Deadline::Clock::time_point ended;
    int status = 0;
    rusage use{};
  };

  void Kill(Run& run, RunEnd why);
  void EndTree(Run& run);
  void Reap(const std::function<void(pid_t)>& reaped);
  void Look(Run& run);
  void AskForLook();
  void EndWhoIsLookedAtForLong();
  void Weigh(Run& run, Use seen, Deadline::Clock::duration taken);
  void LookAtProcessorTime(Run& run);
  Notice VerdictOf(const Run& run) const;

  /// A look that has been asked for.
  struct Asked {
    std::uint64_t run = 0;
    Deadline::Clock::time_point when;
    Deadline patience;
  };

  const Looker& looker_;
  bool has_looker_ = true;
  std::optional<Asked> asked_;
  std::function<void(const Notice&)> ended_;
  std::list<Run> runs_;
};

}  // namespace openfc::sandbox
