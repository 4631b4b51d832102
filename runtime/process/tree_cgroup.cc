#include "runtime/process/tree_cgroup.h"

#include "runtime/process/proc_files.h"

#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <system_error>

namespace openfc {
namespace {

namespace fs = std::filesystem;

std::string FreshName(std::string_view prefix) {
  static std::atomic<unsigned> count{0};
  return std::string(prefix) + std::to_string(::getpid()) + "-" + std::to_string(++count);
}

/// The name is new in all: a process of another namespace may have our pid. Empty, with errno, when
/// that is not so or the first one cannot be made; of the others, those are left out.
std::vector<CgroupDirectory> MakeFolders(const std::vector<std::string>& parents,
                                         const std::string& name) {
  std::vector<CgroupDirectory> made;
  for (const std::string& parent : parents) {
    const std::string folder = std::string(parent).append("/").append(name);
    if (::mkdir(folder.c_str(), 0755) == 0) {
      made.emplace_back(folder);
    } else if (errno == EEXIST) {
      for (const CgroupDirectory& directory : made) ::rmdir(directory.path().c_str());
      errno = EEXIST;
      return {};
    } else if (made.empty()) {
      return {};
    }
  }
  return made;
}

}  // namespace

Expected<CgroupPlace> FindCgroupPlace(std::string_view own_cgroups, std::string_view mounts) {
  const auto memory = FindCgroup(own_cgroups, mounts, "memory");
  const auto pids = FindCgroup(own_cgroups, mounts, "pids");
  if (memory && pids && *memory != *pids) {
    return CgroupPlace{.version = 1, .parents = {*memory, *pids}};
  }
  if (memory) return CgroupPlace{.version = 1, .parents = {*memory}};
  const auto unified = FindCgroup(own_cgroups, mounts, "");
  if (unified) return CgroupPlace{.version = 2, .parents = {*unified}};
  return Error{ErrorCode::kSystem, "no cgroup hierarchy with memory is mounted"};
}

Expected<CgroupPlace> FindOwnCgroupPlace() {
  auto place = FindCgroupPlace(ReadSmallFile("/proc/self/cgroup").value_or(""),
                               ReadSmallFile("/proc/self/mountinfo").value_or(""));
  if (place && place->version == 2) {
    // One by one: a controller that is missing takes no other along.
    const CgroupDirectory parent(place->parents.front());
    (void)parent.Write("cgroup.subtree_control", "+memory");
    (void)parent.Write("cgroup.subtree_control", "+pids");
  }
  return place;
}

Expected<std::unique_ptr<TreeCgroup>> TreeCgroup::Make(const CgroupPlace& place,
                                                       std::string_view prefix) {
  // Not make_unique: the constructor is private.
  std::unique_ptr<TreeCgroup> made(new TreeCgroup());
  do {
    made->directories_ = MakeFolders(place.parents, FreshName(prefix));
  } while (made->directories_.empty() && errno == EEXIST);
  if (made->directories_.empty()) {
    return SystemError("cannot make a cgroup below '" + place.parents.front() + "'", errno);
  }
  if (!made->memory().HasMemory()) {
    return Error{ErrorCode::kSystem,
                 "the cgroup '" + place.parents.front() + "' does not hand memory down"};
  }
  return made;
}

TreeCgroup::~TreeCgroup() {
  for (const CgroupDirectory& directory : directories_) ::rmdir(directory.path().c_str());
}

const CgroupDirectory* TreeCgroup::processes() const {
  return directories_.back().HasProcesses() ? &directories_.back() : nullptr;
}

std::vector<std::string> TreeCgroup::JoinFiles() const {
  std::vector<std::string> files;
  for (const CgroupDirectory& directory : directories_) files.push_back(directory.JoinFile());
  return files;
}

Status TreeCgroup::SetLimits(const TreeLimits& limits) const {
  if (Status limited = memory().SetMemoryLimit(limits.memory_bytes); !limited) return limited;
  const CgroupDirectory* const counted = processes();
  return counted == nullptr ? Ok() : counted->SetProcessLimit(limits.processes);
}

std::vector<UniqueFd> TreeCgroup::KillMembers() const {
  const CgroupDirectory& directory = directories_.back();
  if (directory.HasProcesses()) (void)directory.SetProcessLimit(0);
  return directory.KillMembers();
}

void RemoveStaleCgroups(const CgroupPlace& place, std::string_view prefix) {
  for (const std::string& parent : place.parents) {
    std::error_code error;
    fs::directory_iterator entry(parent, error);
    for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
      const std::string name = entry->path().filename().string();
      if (!name.starts_with(prefix)) continue;
      pid_t maker = 0;
      std::from_chars(name.data() + prefix.size(), name.data() + name.size(), maker);
      if (maker > 0 && ::kill(maker, 0) != 0 && errno == ESRCH) ::rmdir(entry->path().c_str());
    }
  }
}

}  // namespace openfc
