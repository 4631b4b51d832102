#pragma once

#include "runtime/base/error.h"
#include "runtime/base/unique_fd.h"
#include "sandbox/isolation/world_init.h"

#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

namespace openfc::sandbox {

/// A world of its own: PID, mount, network, IPC and UTS namespaces with a file view, held by their
/// init, a process that does nothing. When the init is killed, the kernel kills every process in
/// there, wherever it went, before the init is gone.
///
/// It is made by a process of one thread, which is root. Nothing of it is on a run's way when it
/// was made before the run came.
class NamespaceWorld {
 public:
  /// Returns once the init is started. `read_paths`: see BuildFileView().
  static Expected<std::unique_ptr<NamespaceWorld>> Make(const std::vector<std::string>& read_paths,
                                                        const InitForker& fork_init);

  /// Kills what is in there, and reaps the init.
  ~NamespaceWorld();
  NamespaceWorld(const NamespaceWorld&) = delete;
  NamespaceWorld& operator=(const NamespaceWorld&) = delete;

  /// Waits until all is set up, or for the step that failed.
  Status AwaitReady();

  pid_t init() const { return init_; }
  int init_pidfd() const { return init_pidfd_.get(); }

  /// Between these, what this process forks begins in the world's PID namespace. Its other
  /// namespaces it joins itself (EnterCell).
  Status BeginForking();
  void EndForking();

  void Kill() const;

  /// The caller has reaped the init: nothing is left in there.
  void SetGone() { is_gone_ = true; }
  bool is_gone() const { return is_gone_; }

 private:
  NamespaceWorld(pid_t init, UniqueFd pidfd, UniqueFd own_pids, UniqueFd link)
      : init_(init),
        init_pidfd_(std::move(pidfd)),
        own_pids_(std::move(own_pids)),
        link_(std::move(link)) {}

  const pid_t init_;
  const UniqueFd init_pidfd_;
  const UniqueFd own_pids_;  // Our own PID namespace, to come back to.
  UniqueFd link_;            // The init ends when our end of this is closed.
  bool is_gone_ = false;
  bool is_ready_ = false;
};

}  // namespace openfc::sandbox
