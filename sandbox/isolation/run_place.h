#pragma once

#include "runtime/base/error.h"
#include "runtime/base/unique_fd.h"
#include "sandbox/executor/limits.h"
#include "sandbox/isolation/entry.h"
#include "sandbox/isolation/look.h"
#include "sandbox/isolation/namespaces.h"
#include "sandbox/isolation/plan.h"
#include "sandbox/isolation/run_cgroup.h"

#include <sys/types.h>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace openfc::sandbox {

/// Where runs take place, the same for all of them.
struct Premises {
  const Plan* plan = nullptr;           // Outlives every place.
  std::string runs_folder;              // Folders of runs are made here, where there is no world.
  std::vector<std::string> read_paths;  // Beside the system's: the interpreter's own.
  InitForker fork_init = ForkInit;      // Of worlds.
};

/// One run's wishes.
struct PlaceRequest {
  Limits limits = {};
  bool may_fork = false;
  bool borrows_memory = false;  // Its first process has this one's, until it is executed.
  uid_t user = 0;               // Of the plan's users; counts where the plan has some.
  std::string workspace = {};   // A folder of this machine, instead of an empty one.
  std::array<int, 4> descriptors{-1, -1, -1, -1};  // As in Entry; borrowed until the fork is done.
};

/// The walls around one run, made by a process of one thread before it forks the run's first
/// process, and everything by which the run is ended and measured.
///
/// Its owner reaps: SetMainReaped(), and TryFinish() until that is true.
class RunPlace {
 public:
  /// A place without a run: what takes time, and is the same for all runs. Those descriptors of its
  /// entry() that are the place's own are open from here on.
  static Expected<std::unique_ptr<RunPlace>> Prepare(const Premises& premises);
  ~RunPlace();
  RunPlace(const RunPlace&) = delete;
  RunPlace& operator=(const RunPlace&) = delete;

  /// Makes it the place of one run.
  Status Furnish(const PlaceRequest& request);

  /// Around the fork. The child calls EnterWalls(entry()).
  Status BeginForking();
  void EndForking(pid_t child);
  const Entry& entry() const { return entry_; }

  /// The run's HOME, as it sees it.
  std::string_view home() const { return entry_.directory.data(); }

  pid_t main() const { return main_; }
  pid_t init() const { return world_ ? world_->init() : -1; }

  /// Kills every process of the run.
  void Kill();

  /// The owner has reaped this child. Called for each child that it reaps; others are ignored.
  void NoteReaped(pid_t child);

  /// Whether no process of the run is left, after Kill().
  bool IsEmpty() const;

  /// Memory of the run has run out, by the kernel's word.
  bool IsOutOfMemory() const;
  /// By a cgroup.
  std::optional<std::int64_t> PeakBytes() const;

  /// Where nothing but a watch keeps memory or disk: what there is now. The run's owner looks now
  /// and then, and kills: at sight(), by LookAt(), with what Judge() makes of that. Measure() does
  /// all of it at once.
  bool NeedsWatch() const;
  Sight sight() const;
  Use Judge(Use seen);
  Use Measure();

 private:
  explicit RunPlace(const Premises& premises) : premises_(premises) {}

  Status MakeFolder();
  Status MakeLandlock();
  Status ChooseFolder(const PlaceRequest& request);
  Status OpenWorkspace(const PlaceRequest& request);
  Status SetMeasured(const std::string& folder);
  void SetLimits(const PlaceRequest& request);

  const Premises& premises_;
  std::unique_ptr<NamespaceWorld> world_;
  std::unique_ptr<RunCgroup> cgroup_;
  UniqueFd workspace_;
  UniqueFd landlock_;
  std::string own_folder_;  // Removed at the end; empty: there is none.
  std::string measured_folder_;
  std::int64_t longest_file_ = 0;
  bool shows_itself_ = false;  // Its processes can be looked into, or have made that they cannot.
  int hidden_looks_ = 0;       // One after the other.
  Entry entry_;
  pid_t main_ = -1;
  bool is_main_reaped_ = false;
};

/// Folders that hold the runs' own: `state` must be ours alone to write. Left-overs of makers that
/// are gone are removed.
Expected<std::string> MakeRunsFolder(const std::string& state);

}  // namespace openfc::sandbox
