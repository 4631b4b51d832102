#include "sandbox/isolation/run_cgroup.h"

#include "runtime/process/memory_cgroup.h"
#include "runtime/process/proc_files.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <filesystem>

namespace openfc::sandbox {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kNamePrefix = "openfc-run-";

Status WriteSetting(const std::string& path, const std::string& text) {
  const UniqueFd file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  const bool is_written =
      file.is_open() && ::write(file.get(), text.data(), text.size()) == std::ssize(text);
  return is_written ? Ok() : SystemError("cannot write '" + path + "'", errno);
}

std::vector<std::string_view> Fields(std::string_view text, char separator) {
  std::vector<std::string_view> fields;
  while (!text.empty()) {
    const auto end = text.find(separator);
    fields.push_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return fields;
}

bool Lists(std::string_view list, std::string_view wanted) {
  const auto all = Fields(list, ',');
  return std::find(all.begin(), all.end(), wanted) != all.end();
}

/// Where version 1's hierarchy of `controller` (empty: version 2) is mounted, and with which top.
std::optional<std::pair<std::string_view, std::string_view>> MountOf(std::string_view mounts,
                                                                     std::string_view controller) {
  for (const std::string_view line : Fields(mounts, '\n')) {
    const auto dash = line.find(" - ");
    if (dash == std::string_view::npos) continue;
    const auto place = Fields(line.substr(0, dash), ' ');
    const auto kind = Fields(line.substr(dash + 3), ' ');
    if (place.size() < 5 || kind.size() < 3) continue;
    const bool fits = controller.empty() ? kind[0] == "cgroup2"
                                         : kind[0] == "cgroup" && Lists(kind[2], controller);
    if (fits) return std::pair(place[4], place[3]);
  }
  return std::nullopt;
}

std::optional<std::string_view> OwnPath(std::string_view own_cgroups, std::string_view controller) {
  for (const std::string_view line : Fields(own_cgroups, '\n')) {
    const auto first = line.find(':');
    const auto second = line.find(':', first + 1);
    if (first == std::string_view::npos || second == std::string_view::npos) continue;
    const auto names = line.substr(first + 1, second - first - 1);
    const bool fits =
        controller.empty() ? names.empty() && line.starts_with("0:") : Lists(names, controller);
    if (fits) return line.substr(second + 1);
  }
  return std::nullopt;
}

std::optional<std::string> FolderOf(std::string_view own_cgroups, std::string_view mounts,
                                    std::string_view controller) {
  const auto mount = MountOf(mounts, controller);
  const auto own = OwnPath(own_cgroups, controller);
  if (!mount || !own) return std::nullopt;
  std::string_view path = *own;
  if (mount->second != "/" && path.starts_with(mount->second)) {
    path.remove_prefix(mount->second.size());
  }
  std::string folder(mount->first);
  return path == "/" ? folder : folder.append(path);
}

/// Names are the maker's own, so that those of a dead one can be told.
std::string FreshName() {
  static std::atomic<unsigned> count{0};
  return std::string(kNamePrefix) + std::to_string(::getpid()) + "-" + std::to_string(++count);
}

/// Version 2 hands controllers down only when asked, and refuses where processes live beside.
void HandDown(const CgroupPlace& place) {
  if (place.version == 2) {
    (void)WriteSetting(place.parents[0] + "/cgroup.subtree_control", "+memory +pids");
  }
}

}  // namespace

Expected<CgroupPlace> FindCgroupPlace(std::string_view own_cgroups, std::string_view mounts) {
  const auto memory = FolderOf(own_cgroups, mounts, "memory");
  const auto pids = FolderOf(own_cgroups, mounts, "pids");
  if (memory && pids) return CgroupPlace{.version = 1, .parents = {*memory, *pids}};
  const auto unified = FolderOf(own_cgroups, mounts, "");
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
  if (Status set = CgroupDirectory(folders_[0]).SetLimit(limits.memory_bytes); !set) return set;
  if (version_ == 2) (void)WriteSetting(folders_[0] + "/memory.oom.group", "1");
  return WriteSetting(folders_.back() + "/pids.max", std::to_string(limits.processes));
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
