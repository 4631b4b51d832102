#pragma once

#include "runtime/base/error.h"

#include <string>
#include <utility>
#include <vector>

namespace openfc {

/// A folder or file of ours that a child finds at another path too. Both paths are absolute.
struct BindMount {
  std::string source;
  std::string target;  // There already, or right below `/`: then the child's root has it anew.
  bool is_read_only = false;

  friend bool operator==(const BindMount&, const BindMount&) = default;
};

/// What a child needs to see folders at other paths: made before the fork, so that the child only
/// makes system calls. The child gets a mount namespace of its own, and a user namespace too where
/// the rights for the first one are missing; then it stays the same user, but only itself: files of
/// other users are nobody's, and nothing it starts can change user.
struct MountPlan {
  std::vector<BindMount> mounts;
  bool has_new_root = false;                                    // Some target is not there yet.
  std::vector<std::string> root_folders;                        // What is in ours, below `/`.
  std::vector<std::pair<std::string, std::string>> root_links;  // Name, target.
  std::vector<int> trees;                                       // A place for each descriptor.
  std::string working_directory;                                // Kept, by its name.
  std::string user_map;
  std::string group_map;
};

/// kInvalidArgument in a sentence for a path that is not absolute, or not there.
Expected<MountPlan> PlanMounts(const std::vector<BindMount>& mounts);

/// Where EnterMounts() failed; errno has the reason.
struct MountFailure {
  enum class Step { kNamespace, kRoot, kMount };
  Step step = Step::kNamespace;
  int index = 0;  // Of the mount.
};

/// In the child, in one thread: false when a step fails, which `failure` names.
bool EnterMounts(MountPlan& plan, MountFailure& failure);

/// That failure as a part of a sentence: "cannot show '/a' at '/opt'".
std::string Describe(const MountPlan& plan, const MountFailure& failure);

}  // namespace openfc
