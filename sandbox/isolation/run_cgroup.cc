#include "sandbox/isolation/run_cgroup.h"

#include "runtime/process/memory_cgroup.h"
#include "runtime/process/proc_files.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <charconv>
#include <filesystem>

namespace openfc::sandbox {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kNamePrefix = "openfc-run-";

/// Names are the maker's own, so that those of a dead one can be told.
std::string FreshName() {
  static std::atomic<unsigned> count{0};
  return std::string(kNamePrefix) + std::to_string(::getpid()) + "-" + std::to_string(++count);
}

/// Version 2 hands controllers down only when asked, and refuses where processes live beside.
void HandDown(const CgroupPlace& place) {
  if (place.version == 2) {
    (void)CgroupDirectory(place.parents[0]).Write("cgroup.subtree_control", "+memory +pids");
  }
}

}  // namespace

Expected<CgroupPlace> FindCgroupPlace(std::string_view own_cgroups, std::string_view mounts) {
  const auto memory = FindCgroup(own_cgroups, mounts, "memory");
  const auto pids = FindCgroup(own_cgroups, mounts, "pids");
  if (memory && pids) return CgroupPlace{.version = 1, .parents = {*memory, *pids}};
  const auto unified = FindCgroup(own_cgroups, mounts, "");
  if (unified) return CgroupPlace{.version = 2, .parents = {*unified}};
  return Error{ErrorCode::kSystem, "no cgroup hierarchy that counts memory and processes"};
}

Expected<CgroupPlace> ProveCgroupPlace() {
  auto place = FindCgroupPlace(ReadSmallFile("/proc/self/cgroup").value_or(""),
                               ReadSmallFile("/proc/self/mountinfo").value_or(""));
  if (!place) return place;
  HandDown(*place);
  auto trial = RunCgroup::Make(*place);
  if (!trial) return trial.error();
  if (Status limited = (*trial)->SetLimits(Limits{}); !limited) return limited.error();
  return place;
}

Expected<std::unique_ptr<RunCgroup>> RunCgroup::Make(const CgroupPlace& place) {
  // Not make_unique: the constructor is private.
  std::unique_ptr<RunCgroup> made(new RunCgroup(place.version));
  const std::string name = FreshName();
  for (std::size_t i = 0; i < place.parents.size(); ++i) {
    const std::string folder = place.parents[i] + "/" + name;
    if (::mkdir(folder.c_str(), 0755) != 0) {
      return SystemError("cannot make a cgroup below '" + place.parents[i] + "'", errno);
    }
    made->folders_.push_back(folder);
    const std::string join = CgroupDirectory(folder).JoinFile();
    made->joins_.at(i) = UniqueFd(::open(join.c_str(), O_WRONLY | O_CLOEXEC));
    if (!made->joins_.at(i).is_open()) return SystemError("cannot open '" + join + "'", errno);
  }
  return made;
}

RunCgroup::~RunCgroup() {
  for (const std::string& folder : folders_) ::rmdir(folder.c_str());
}

Status RunCgroup::SetLimits(const Limits& limits) {
  const CgroupDirectory memory(folders_[0]);
  if (Status set = memory.SetLimit(limits.memory_bytes); !set) return set;
  if (version_ == 2) (void)memory.Write("memory.oom.group", "1");
  return CgroupDirectory(folders_.back()).Write("pids.max", std::to_string(limits.processes));
}

std::int64_t RunCgroup::OomKills() const {
  return CgroupDirectory(folders_[0]).OomKills().value_or(0);
}

std::optional<std::int64_t> RunCgroup::PeakBytes() const {
  return CgroupDirectory(folders_[0]).PeakBytes();
}

void RemoveStaleCgroups(const CgroupPlace& place) {
  for (const std::string& parent : place.parents) {
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(parent, ignored)) {
      const std::string name = entry.path().filename();
      if (!name.starts_with(kNamePrefix)) continue;
      pid_t maker = 0;
      std::from_chars(name.data() + kNamePrefix.size(), name.data() + name.size(), maker);
      if (maker > 0 && ::kill(maker, 0) != 0 && errno == ESRCH) ::rmdir(entry.path().c_str());
    }
  }
}

}  // namespace openfc::sandbox
