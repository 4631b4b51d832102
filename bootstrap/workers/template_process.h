#pragma once

#include "bootstrap/rloader/restart_pace.h"
#include "runtime/base/deadline.h"
#include "runtime/base/error.h"
#include "runtime/page/shared_page.h"

#include <signal.h>
#include <sys/types.h>

#include <cstddef>
#include <functional>
#include <optional>
#include <variant>
#include <vector>

namespace openfc::bootstrap {

/// Keeps a number of workers alive: processes forked from this one, which has the user's module
/// loaded and does nothing else. It waits for signals alone, and has no thread of its own.
///
/// A worker that ends is reported in the shared page (WorkerTable), and rloader woken; once rloader
/// has answered what the worker left, the next one is forked into its place. What the worker itself
/// has started is killed, as far as it stayed in its process group: a child that still has its
/// connection would keep the platform from seeing that it is gone. Processes that user code started
/// before the workers are nobody's concern here.
class TemplateProcess {
 public:
  struct Options {
    std::size_t workers = 2;
    std::optional<int> wake_fd;  // rloader's; nothing: there is none, and nobody to wait for.

    /// As fork(2): 0 in the child.
    std::function<Expected<pid_t>()> fork;
  };

  /// In a worker: serve, as number `place`.
  struct Worker {
    std::size_t place;
  };
  /// In the template: end with that code.
  struct End {
    int exit_code;
  };

  /// `page` must outlive the object.
  TemplateProcess(SharedPage& page, Options options);

  /// Returns in two sorts of processes. In each worker at once, tied to the template's life, leader
  /// of a process group, with the signal mask and the treatment of SIGCHLD that stood before. In
  /// the template when the workers are over: 0 after a drain, 70 when the platform has refused
  /// them, 1 when they die before their first poll, one after the other.
  std::variant<Worker, End> Run();

 private:
  enum class State { kAlive, kReported, kPausing };
  struct Place {
    State state = State::kPausing;
    pid_t pid = 0;
    RestartPace pace;
    Deadline fork_at = Deadline(Deadline::Clock::time_point());
  };

  /// A place, in the worker that was forked into it.
  std::optional<std::size_t> ForkDue();
  bool Fork(std::size_t place);
  void BecomeWorker(pid_t parent);
  void Await();
  void PassOn(int signal) const;
  void Reap();
  void OnEnd(std::size_t place, const WorkerEnd& end);
  void OnHandled();
  void PauseAfter(Place& place, const DeathCircumstances& circumstances);
  bool IsOver() const;

  SharedPage& page_;
  const Options options_;
  std::vector<Place> places_;
  std::optional<int> exit_code_;  // Whatever the workers still do.
  sigset_t heard_;
  sigset_t mask_before_;
  struct sigaction child_action_before_;
};

}  // namespace openfc::bootstrap
