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
#include <functional>
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

Expected<CgroupPlace> FindMemoryPlace(std::string_view own_cgroups, std::string_view mounts) {
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

}  // namespace

Expected<CgroupPlace> FindCgroupPlace(std::string_view own_cgroups, std::string_view mounts,
                                      CpuQuota quota) {
  auto place = FindMemoryPlace(own_cgroups, mounts);
  if (!place || quota == CpuQuota::kNone) return place;
  auto cpu = FindCgroup(own_cgroups, mounts, "cpu");
  std::vector<std::string>& parents = place->parents;
  const bool is_further = cpu && std::find(parents.begin(), parents.end(), *cpu) == parents.end();
  if (is_further) parents.push_back(*std::move(cpu));
  return place;
}

Expected<CgroupPlace> FindOwnCgroupPlace(CpuQuota quota) {
  auto place = FindCgroupPlace(ReadSmallFile("/proc/self/cgroup").value_or(""),
                               ReadSmallFile("/proc/self/mountinfo").value_or(""), quota);
  if (place && place->version == 2) {
    // One by one: a controller that is missing takes no other along.
    const CgroupDirectory parent(place->parents.front());
    (void)parent.Write("cgroup.subtree_control", "+memory");
    (void)parent.Write("cgroup.subtree_control", "+pids");
    if (quota == CpuQuota::kWanted) (void)parent.Write("cgroup.subtree_control", "+cpu");
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

const CgroupDirectory* TreeCgroup::FirstThat(bool (CgroupDirectory::*has)() const) const {
  const auto found = std::find_if(directories_.begin(), directories_.end(), std::mem_fn(has));
  return found == directories_.end() ? nullptr : &*found;
}

const CgroupDirectory* TreeCgroup::processes() const {
  return FirstThat(&CgroupDirectory::HasProcesses);
}

const CgroupDirectory* TreeCgroup::cpu() const { return FirstThat(&CgroupDirectory::HasCpu); }

std::vector<std::string> TreeCgroup::JoinFiles() const {
  std::vector<std::string> files;
  for (const CgroupDirectory& directory : directories_) files.push_back(directory.JoinFile());
  return files;
}

Status TreeCgroup::SetLimits(const TreeLimits& limits) const {
  if (Status limited = memory().SetMemoryLimit(limits.memory_bytes); !limited) return limited;
  const CgroupDirectory* const portioned = limits.cpu > 0 ? cpu() : nullptr;
  if (portioned != nullptr) (void)portioned->SetCpuQuota(limits.cpu);
  const CgroupDirectory* const counted = processes();
  return counted == nullptr ? Ok() : counted->SetProcessLimit(limits.processes);
}

std::vector<UniqueFd> TreeCgroup::KillMembers() const {
  // Who has used its time up would not even die before its next portion.
  if (const CgroupDirectory* const portioned = cpu()) (void)portioned->LiftCpuQuota();
  const CgroupDirectory* const counted = processes();
  if (counted != nullptr) (void)counted->SetProcessLimit(0);
  return (counted == nullptr ? memory() : *counted).KillMembers();
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
