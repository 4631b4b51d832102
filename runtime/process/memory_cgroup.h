#pragma once

#include "runtime/base/error.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace openfc {

/// A directory of a cgroup hierarchy that accounts memory, of version 1 (memory.limit_in_bytes) or
/// 2 (memory.max). A value: it owns nothing, and the directory may go away at any time; then every
/// question is answered with nothing.
class CgroupDirectory {
 public:
  explicit CgroupDirectory(std::string path) : path_(std::move(path)) {}

  const std::string& path() const { return path_; }

  /// Lists the processes in it.
  std::string ProcsFile() const { return path_ + "/cgroup.procs"; }

  /// For ChildCommand::cgroup_procs_files: how a process of one thread joins. Version 1 has `tasks`
  /// for that, which takes 0.1 ms; by cgroup.procs it is 12 ms whenever the kernel has to wait for
  /// all processors first.
  std::string JoinFile() const;

  /// Whether memory is accounted here.
  bool HasMemory() const;

  /// Nothing also when there is no limit.
  std::optional<std::int64_t> LimitBytes() const;

  /// The highest usage so far, page cache included; nothing where version 2 is older than
  /// Linux 5.19.
  std::optional<std::int64_t> PeakBytes() const;

  /// How many processes the kernel has killed here because of the limit.
  std::optional<std::int64_t> OomKills() const;

  /// Memory and swap together may not exceed `bytes`.
  Status SetLimit(std::int64_t bytes) const;

  /// Writes one of its files.
  Status Write(const std::string& file, const std::string& text) const;

 private:
  std::string path_;
};

/// Our own place in version 1's hierarchy of a controller, or, when none is named, in version 2's,
/// from the texts of /proc/self/cgroup and /proc/self/mountinfo. Nothing when it is not mounted.
std::optional<std::string> FindCgroup(std::string_view own_cgroups, std::string_view mounts,
                                      std::string_view controller);

/// The same in the hierarchy that has the memory controller, from the texts of
/// /proc/self/cgroup and /proc/self/mountinfo. Nothing when no such hierarchy is mounted.
std::optional<std::string> FindMemoryCgroup(std::string_view own_cgroups, std::string_view mounts);

/// A cgroup with a memory limit, made for one instance and removed with this object (by then its
/// processes must be gone, otherwise the directory stays).
class MemoryCgroup {
 public:
  /// Below our own cgroup, under a name that begins with `name`. kSystem when none can be made
  /// here: no rights, no memory controller; watch the tree's memory instead (ReadTreeMemory).
  static Expected<std::unique_ptr<MemoryCgroup>> Make(std::string_view name,
                                                      std::int64_t limit_bytes);

  /// The same below `parent`.
  static Expected<std::unique_ptr<MemoryCgroup>> MakeBelow(const std::string& parent,
                                                           std::string_view name,
                                                           std::int64_t limit_bytes);

  ~MemoryCgroup();
  MemoryCgroup(const MemoryCgroup&) = delete;
  MemoryCgroup& operator=(const MemoryCgroup&) = delete;

  const CgroupDirectory& directory() const { return directory_; }

 private:
  explicit MemoryCgroup(std::string path) : directory_(std::move(path)) {}

  CgroupDirectory directory_;
};

}  // namespace openfc
