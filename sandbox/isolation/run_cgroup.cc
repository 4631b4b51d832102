#include "sandbox/isolation/run_cgroup.h"

#include <fcntl.h>

#include <cerrno>
#include <string>
#include <utility>
#include <vector>

namespace openfc::sandbox {

Expected<CgroupPlace> ProveCgroupPlace() {
  auto place = FindOwnCgroupPlace();
  if (!place) return place;
  auto trial = RunCgroup::Make(*place);
  if (!trial) return trial.error();
  if (Status limited = (*trial)->SetLimits(Limits{}); !limited) return limited.error();
  return place;
}

Expected<std::unique_ptr<RunCgroup>> RunCgroup::Make(const CgroupPlace& place) {
  auto tree = TreeCgroup::Make(place, kRunCgroupPrefix);
  if (!tree) return tree.error();
  if ((*tree)->processes() == nullptr) {
    return Error{ErrorCode::kSystem, "no cgroup hierarchy that counts processes"};
  }
  // Not make_unique: the constructor is private.
  std::unique_ptr<RunCgroup> made(new RunCgroup(place.version, *std::move(tree)));
  const std::vector<std::string> files = made->tree_->JoinFiles();
  for (std::size_t i = 0; i < files.size(); ++i) {
    made->joins_.at(i) = UniqueFd(::open(files[i].c_str(), O_WRONLY | O_CLOEXEC));
    if (!made->joins_.at(i).is_open()) return SystemError("cannot open '" + files[i] + "'", errno);
  }
  return made;
}

Status RunCgroup::SetLimits(const Limits& limits) {
  if (version_ == 2) (void)tree_->memory().Write("memory.oom.group", "1");
  return tree_->SetLimits({.memory_bytes = limits.memory_bytes, .processes = limits.processes});
}

std::int64_t RunCgroup::OomKills() const { return tree_->memory().OomKills().value_or(0); }

std::optional<std::int64_t> RunCgroup::PeakBytes() const { return tree_->memory().PeakBytes(); }

}  // namespace openfc::sandbox
