#include "bootstrap/rloader/fork_stop.h"

#include "runtime/process/proc_files.h"

namespace openfc::bootstrap {
namespace {

constexpr const char* kLimitFile = "pids.max";

std::optional<CgroupDirectory> DirectoryOf(const Settings& settings) {
  if (!settings.pids_cgroup) return std::nullopt;
  return CgroupDirectory(*settings.pids_cgroup);
}

}  // namespace

ForkStop::ForkStop(const Settings& settings) : cgroup_(DirectoryOf(settings)) {}

void ForkStop::Kill() {
  if (!cgroup_) return;
  if (!limit_) limit_ = ReadSmallFile(cgroup_->path() + "/" + kLimitFile);
  (void)cgroup_->SetProcessLimit(0);
  (void)cgroup_->KillMembers();
}

void ForkStop::End() {
  if (limit_) (void)cgroup_->Write(kLimitFile, *limit_);
  limit_.reset();
}

}  // namespace openfc::bootstrap
