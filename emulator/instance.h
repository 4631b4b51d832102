#pragma once

#include "emulator/variables.h"
#include "runtime/base/error.h"
#include "runtime/base/unique_fd.h"
#include "runtime/process/bind_mounts.h"
#include "runtime/process/child.h"
#include "runtime/process/process_tree.h"
#include "runtime/process/tree_cgroup.h"

#include <signal.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace openfc::emulator {

/// Whether this process has other children beside the instance.
enum class Household { kAlone, kShared };

struct InstanceOptions {
  std::string rloader;                    // Path of the program.
  std::optional<std::string> bootstrap;   // The program in the runtime's place.
  std::vector<std::string> command = {};  // A program that rloader only supervises; empty: none.
  std::string code_path;                  // Its working directory.
  std::int64_t memory_mb = 512;
  std::int64_t processes = TreeLimits().processes;  // Threads count, too.
  double cpu = 0;                   // The time of so many processors; 0: as much as there is.
  ProcessorBounds processors = {};  // Of all but rloader.
  Variables environment;
  std::vector<BindMount> mounts = {};  // What it sees at other paths.
  Household household = Household::kAlone;
};

/// A function instance on this machine (a runtime that dies is not started again): rloader and all
/// that it starts, in a process group of its own, with a memory limit and with both output streams
/// joined in one pipe. Destroyed, it leaves no process behind; in a shared household, none but
/// orphans of a rloader that was killed, which are the owner's to end (TryKillOrphans).
///
/// Memory, processes and time are limited by cgroups where these can be made; otherwise rloader
/// watches the memory, and a tree that forks without end is ended as process_tree.h can.
class Instance {
 public:
  /// Starts at once. This process becomes a subreaper; alone, it must have no other children.
  static Expected<std::unique_ptr<Instance>> Start(const InstanceOptions& options);
  ~Instance();
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;

  pid_t pid() const { return rloader_->pid(); }

  /// Readable once rloader has ended.
  int pidfd() const { return rloader_->pidfd(); }

  /// How rloader ended; nothing while it lives.
  const std::optional<ChildEnd>& TryReap() { return rloader_->TryReap(); }

  /// The pipe's reading end, non-blocking: the log.
  UniqueFd TakeLog() { return std::move(log_); }

  /// Looks at the memory now; where a cgroup counts, there is no need to do it more than once.
  void SampleMemory();

  /// The most that was used, as far as it was seen or counted.
  std::int64_t PeakMemoryBytes() const { return peak_memory_bytes_; }

  /// Whether the kernel killed a process of it because of the limit; false too when it cannot be
  /// told.
  bool WasOutOfMemory() const;

  /// True when only samples tell.
  bool NeedsSamples() const { return cgroup_ == nullptr; }

  /// Asks rloader to end, or tells it something.
  void Signal(int signal) { (void)rloader_->Signal(signal); }

  /// Has everything stand still, and go on.
  void Freeze() { SignalTree(*rloader_, SIGSTOP); }
  void Thaw() { SignalTree(*rloader_, SIGCONT); }

  /// One round of killing everything, without waiting: true when rloader has ended. Call it again
  /// after a short while when it has not.
  bool TryKill();

  /// Kills everything, and waits until it is gone. Again: without effect.
  void Kill();

 private:
  explicit Instance(Household household) : household_(household) {}

  /// Waits for the ends of those that it finds, with rloader.
  void KillMembers();

  const Household household_;
  std::unique_ptr<TreeCgroup> cgroup_;  // Null: none can be made here.
  UniqueFd log_;
  std::int64_t peak_memory_bytes_ = 0;
  std::unique_ptr<Child> rloader_;  // Last: gone before its cgroup.
};

}  // namespace openfc::emulator
