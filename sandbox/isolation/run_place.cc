#include "sandbox/isolation/run_place.h"

#include "runtime/process/proc_files.h"
#include "sandbox/isolation/file_view.h"
#include "sandbox/isolation/landlock.h"
#include "sandbox/isolation/remove_tree.h"
#include "sandbox/isolation/secret_name.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <string_view>
#include <utility>

namespace openfc::sandbox {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kInterpreterBytes = 1LL << 30;  // Mapped by a warm interpreter, not used.
constexpr std::int64_t kSharedUserProcesses = 512;  // Of the server, and of runs beside this one.
constexpr int kMaxHiddenLooks = 5;  // A program is hidden for a moment while it is executed.

/// False when there is no room for it.
template <std::size_t kRoom>
bool PutText(std::string_view text, std::array<char, kRoom>& room) {
  if (text.size() >= kRoom) return false;
  *std::copy(text.begin(), text.end(), room.begin()) = '\0';
  return true;
}

/// As the run's own user, where that is another one, so that no right of ours follows a link.
Status GiveTo(const std::string& folder, uid_t user) {
  return ::chown(folder.c_str(), user, user) == 0
             ? Ok()
             : SystemError("cannot give a run's folder to its user", errno);
}

}  // namespace

Expected<std::unique_ptr<RunPlace>> RunPlace::Prepare(const Premises& premises) {
  // Not make_unique: the constructor is private.
  std::unique_ptr<RunPlace> place(new RunPlace(premises));
  const Plan& plan = *premises.plan;
  if (plan.has_namespaces) {
    std::vector<std::string> paths = SystemReadPaths();
    paths.insert(paths.end(), premises.read_paths.begin(), premises.read_paths.end());
    auto world = NamespaceWorld::Make(paths, premises.fork_init);
    if (!world) return world.error();
    place->world_ = *std::move(world);
    place->entry_.world = place->world_->init_pidfd();
  } else if (Status made = place->MakeFolder(); !made) {
    return made.error();
  }
  if (plan.cgroups) {
    auto cgroup = RunCgroup::Make(*plan.cgroups);
    if (!cgroup) return cgroup.error();
    place->cgroup_ = *std::move(cgroup);
    place->entry_.cgroups = place->cgroup_->join_fds();
  }
  if (plan.has_landlock) {
    if (Status made = place->MakeLandlock(); !made) return made.error();
  }
  return place;
}

RunPlace::~RunPlace() {
  if (!own_folder_.empty()) (void)RemoveTree(own_folder_);
  world_.reset();  // Its processes leave the cgroup.
}

Status RunPlace::MakeFolder() {
  const std::string folder =
      premises_.runs_folder + "/" + std::to_string(::getpid()) + "-" + SecretName();
  if (::mkdir(folder.c_str(), 0700) != 0) return SystemError("cannot make '" + folder + "'", errno);
  own_folder_ = folder;
  return Ok();
}

/// The one that a run works in, which is the only one that it may write.
Status RunPlace::ChooseFolder(const PlaceRequest& request) {
  const std::string& folder = request.workspace.empty() ? own_folder_ : request.workspace;
  if (Status measured = SetMeasured(folder); !measured) return measured;
  if (!PutText(folder, entry_.directory)) {
    return Error{ErrorCode::kInvalidArgument, "the path of a run's folder is too long"};
  }
  if (request.workspace.empty() && entry_.user != 0) {
    if (Status given = GiveTo(own_folder_, entry_.user); !given) return given;
  }
  if (!premises_.plan->has_landlock) return Ok();
  return AddLandlockRule(landlock_, {measured_folder_, PathUse::kAll});
}

Status RunPlace::MakeLandlock() {
  std::vector<PathRule> rules;
  for (auto& path : SystemReadPaths()) rules.push_back({std::move(path), PathUse::kRead});
  for (const auto& path : premises_.read_paths) rules.push_back({path, PathUse::kRead});
  for (auto& path : DevicePaths()) {
    // Who may write it can share its pages, which are memory that need not be mapped to stay.
    const bool is_read_alone = !cgroup_ && path == "/dev/zero";
    rules.push_back({std::move(path), is_read_alone ? PathUse::kRead : PathUse::kDevice});
  }
  for (const char* path :
       {"/etc/passwd", "/etc/group", "/etc/nsswitch.conf", "/etc/hosts", "/proc/cpuinfo",
        "/proc/meminfo", "/proc/stat", "/proc/filesystems", "/sys/devices/system/cpu"}) {
    rules.push_back({path, PathUse::kRead});
  }
  auto ruleset = MakeLandlockRules(rules);
  if (!ruleset) return ruleset.error();
  landlock_ = *std::move(ruleset);
  entry_.landlock = landlock_.get();
  return Ok();
}

/// As the kernel names it, without links.
Status RunPlace::SetMeasured(const std::string& folder) {
  std::error_code failure;
  measured_folder_ = fs::canonical(folder, failure).string();
  return failure ? SystemError("cannot find '" + folder + "'", failure.value()) : Ok();
}

Status RunPlace::OpenWorkspace(const PlaceRequest& request) {
  (void)PutText(kViewHome, entry_.directory);
  (void)PutText("mode=0755,size=" + std::to_string(request.limits.disk_bytes) +
                    ",nr_inodes=" + std::to_string(kMaxFiles),
                entry_.disk_options);
  if (!request.workspace.empty()) {
    workspace_ =
        UniqueFd(::open(request.workspace.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!workspace_.is_open()) return SystemError("cannot open a workspace", errno);
    entry_.workspace = workspace_.get();
    if (Status measured = SetMeasured(request.workspace); !measured) return measured;
  }
  return world_->AwaitReady();
}

void RunPlace::SetLimits(const PlaceRequest& request) {
  const Plan& plan = *premises_.plan;
  std::optional<std::int64_t> processes;
  std::optional<std::int64_t> address_bytes;
  // The kernel counts a user's processes, all of them: what shares a user has that many for all.
  if (plan.has_own_users) processes = request.limits.processes;
  if (!plan.has_own_users && ::getuid() != 0) {
    processes = request.limits.processes + kSharedUserProcesses;
  }
  if (!cgroup_) address_bytes = request.limits.memory_bytes + kInterpreterBytes;
  longest_file_ = request.limits.file_bytes;
  // Landlock keeps runs of one user apart, so that it is ours alone to read.
  shows_itself_ = NeedsWatch() && (plan.has_own_users || plan.has_landlock);
  entry_.is_readable = shows_itself_ && !request.borrows_memory;
  Limits limits = request.limits;
  // A fork has used some time before its run. Its owner counts what the run uses; the kernel counts
  // for the processes that it starts.
  if (!request.borrows_memory) limits.cpu += std::chrono::seconds(1);
  entry_.limits = ResourceLimitsOf(limits, processes, address_bytes);
}

Status RunPlace::Furnish(const PlaceRequest& request) {
  const Plan& plan = *premises_.plan;
  entry_.parent = ::getpid();
  entry_.descriptors = request.descriptors;
  if (plan.has_own_users) entry_.user = request.user;
  entry_.has_no_walls = plan.profile == Profile::kNone;
  const auto& filter = request.may_fork ? plan.command_filter : plan.snippet_filter;
  entry_.filter = filter ? &*filter : nullptr;
  if (cgroup_) {
    if (Status limited = cgroup_->SetLimits(request.limits); !limited) return limited;
  }
  if (Status placed = world_ ? OpenWorkspace(request) : ChooseFolder(request); !placed) {
    return placed;
  }
  SetLimits(request);
  return Ok();
}

Status RunPlace::BeginForking() { return world_ ? world_->BeginForking() : Ok(); }

void RunPlace::EndForking(pid_t child) {
  if (world_) world_->EndForking();
  main_ = child;
}

void RunPlace::Kill() {
  if (world_) {
    world_->Kill();
    return;
  }
  if (main_ > 0) ::kill(-main_, SIGKILL);
}

void RunPlace::NoteReaped(pid_t child) {
  if (child == main_) is_main_reaped_ = true;
  if (world_ && child == world_->init()) world_->SetGone();
}

bool RunPlace::IsEmpty() const {
  if (main_ > 0 && !is_main_reaped_) return false;
  if (world_) return world_->is_gone();
  return main_ <= 0 || (::kill(-main_, 0) != 0 && errno == ESRCH);
}

bool RunPlace::IsOutOfMemory() const { return cgroup_ && cgroup_->OomKills() > 0; }

std::optional<std::int64_t> RunPlace::PeakBytes() const {
  return cgroup_ ? cgroup_->PeakBytes() : std::nullopt;
}

bool RunPlace::NeedsWatch() const { return !cgroup_ || !measured_folder_.empty(); }

Sight RunPlace::sight() const {
  Sight sight{.main = main_,
              .user = entry_.user,
              .is_in_world = world_ != nullptr,
              .counts_memory = !cgroup_,
              .shared_bytes = cgroup_ ? 0 : ReadProcessMemory(::getpid()).resident_bytes,
              .longest_file = longest_file_};
  (void)PutText(measured_folder_, sight.folder);
  return sight;
}

Use RunPlace::Judge(Use seen) {
  hidden_looks_ = seen.has_hidden ? hidden_looks_ + 1 : 0;
  if (shows_itself_ && hidden_looks_ >= kMaxHiddenLooks) seen.disk_bytes = INT64_MAX;
  return seen;
}

Use RunPlace::Measure() { return Judge(LookAt(sight())); }

Expected<std::string> MakeRunsFolder(const std::string& state) {
  const std::string folder = state + "/runs";
  std::error_code failure;
  fs::create_directories(folder, failure);
  if (failure) return SystemError("cannot make '" + folder + "'", failure.value());
  // Nobody lists it: a name that is not known cannot be found.
  if (::chmod(folder.c_str(), 0711) != 0) return SystemError("cannot shut '" + folder + "'", errno);
  for (const auto& entry : fs::directory_iterator(folder, failure)) {
    const std::string name = entry.path().filename();
    pid_t maker = 0;
    std::from_chars(name.data(), name.data() + name.size(), maker);
    if (maker > 0 && ::kill(maker, 0) != 0 && errno == ESRCH) (void)RemoveTree(entry.path());
  }
  return folder;
}

}  // namespace openfc::sandbox
