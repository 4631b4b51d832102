#include "emulator/instance.h"

#include "runtime/base/log.h"
#include "runtime/process/proc_files.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <string_view>
#include <utility>

namespace openfc::emulator {
namespace {

using std::chrono::seconds;

constexpr std::string_view kCgroupPrefix = "openfc-instance-";
constexpr std::int64_t kBytesPerMegabyte = 1024L * 1024;
constexpr seconds kKillTime{10};
constexpr std::chrono::milliseconds kRound{5};
constexpr seconds kMembersTime{1};

struct Pipe {
  UniqueFd reading;
  UniqueFd writing;
};

Expected<Pipe> MakePipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return SystemError("cannot make a pipe", errno);
  Pipe pipe{.reading = UniqueFd(ends[0]), .writing = UniqueFd(ends[1])};
  ::fcntl(pipe.reading.get(), F_SETFL, O_NONBLOCK);
  return pipe;
}

std::vector<std::string> WriteBlock(const Variables& environment) {
  std::vector<std::string> block;
  block.reserve(environment.size());
  for (const auto& [name, value] : environment)
    block.push_back(std::string(name).append("=").append(value));
  return block;
}

/// Null where none can be made.
std::unique_ptr<TreeCgroup> TryMakeCgroup(const TreeLimits& limits) {
  const auto place = FindOwnCgroupPlace(limits.cpu > 0 ? CpuQuota::kWanted : CpuQuota::kNone);
  auto cgroup = place ? TreeCgroup::Make(*place, kCgroupPrefix) : place.error();
  const Status limited = cgroup ? (*cgroup)->SetLimits(limits) : cgroup.error();
  if (!limited) {
    LogDebug("no_cgroup reason=\"{}\"", limited.error().message);
    return nullptr;
  }
  RemoveStaleCgroups(*place, kCgroupPrefix);
  return *std::move(cgroup);
}

/// Who keeps the limits: cgroups, or rloader.
void AddLimits(const InstanceOptions& options, const TreeCgroup* cgroup, Variables& environment) {
  const std::string memory_mb = std::to_string(options.memory_mb);
  environment["OPENFC_MEMORY_LIMIT_MB"] = memory_mb;
  if (cgroup == nullptr) {
    environment["OPENFC_WATCH_MEMORY_MB"] = memory_mb;
    return;
  }
  environment["OPENFC_CGROUP"] = cgroup->memory().path();
  if (const auto* const processes = cgroup->processes(); processes != nullptr) {
    environment["OPENFC_PIDS_CGROUP"] = processes->path();
  }
  // Not rloader: it must not stand still at a deadline.
  if (const auto* const cpu = cgroup->cpu(); options.cpu > 0 && cpu != nullptr) {
    environment["OPENFC_CPU_CGROUP"] = cpu->path();
  }
}

/// Not rloader's: it must be heard beside a function that keeps them busy.
void AddProcessors(const ProcessorBounds& bounds, Variables& environment) {
  std::string numbers;
  for (const int number : bounds.numbers) {
    numbers.append(numbers.empty() ? "" : ",").append(std::to_string(number));
  }
  if (!numbers.empty()) environment["OPENFC_PROCESSORS"] = numbers;
  if (bounds.most > 0) {
    const std::size_t most = std::min<std::size_t>(bounds.most, CPU_SETSIZE);
    environment["OPENFC_MOST_PROCESSORS"] = std::to_string(most);
  }
}

}  // namespace

Expected<std::unique_ptr<Instance>> Instance::Start(const InstanceOptions& options) {
  if (const Status reaper = BecomeSubreaper(); !reaper) return reaper.error();
  auto pipe = MakePipe();
  if (!pipe) return pipe.error();
  std::unique_ptr<Instance> instance(new Instance(options.household));
  instance->cgroup_ = TryMakeCgroup({.memory_bytes = options.memory_mb * kBytesPerMegabyte,
                                     .processes = options.processes,
                                     .cpu = options.cpu});
  instance->log_ = std::move(pipe->reading);

  Variables environment = options.environment;
  AddLimits(options, instance->cgroup_.get(), environment);
  AddProcessors(options.processors, environment);
  ChildCommand command{.program = options.rloader,
                       .arguments = {"--no-restart"},
                       .environment = WriteBlock(environment),
                       .working_directory = options.code_path,
                       .output = pipe->writing.get(),
                       .errors = pipe->writing.get(),
                       .has_own_group = true,
                       .death_signal = SIGTERM,
                       .bind_mounts = options.mounts};
  if (options.bootstrap) {
    command.arguments.insert(command.arguments.end(), {"--bootstrap", *options.bootstrap});
  }
  if (!options.command.empty()) {
    command.arguments.insert(command.arguments.end(), {"--command", "--"});
    command.arguments.insert(command.arguments.end(), options.command.begin(),
                             options.command.end());
  }
  auto rloader = StartChild(command);
  if (!rloader) return rloader.error();
  instance->rloader_ = *std::move(rloader);
  return instance;
}

Instance::~Instance() { Kill(); }

void Instance::SampleMemory() {
  std::int64_t peak = 0;
  if (cgroup_ != nullptr) {
    peak = cgroup_->memory().PeakBytes().value_or(0);
  } else if (!rloader_->TryReap()) {
    // rloader itself is ours, not the function's.
    const auto tree = ReadTreeMemory(rloader_->pid());
    peak = tree.peak_bytes - ReadProcessMemory(rloader_->pid()).peak_bytes;
  }
  peak_memory_bytes_ = std::max(peak_memory_bytes_, peak);
}

bool Instance::WasOutOfMemory() const {
  return cgroup_ != nullptr && cgroup_->memory().OomKills().value_or(0) > 0;
}

bool Instance::TryKill() {
  if (cgroup_ != nullptr) (void)cgroup_->KillMembers();
  return TryKillTree(*rloader_);
}

/// A look through all of /proc takes longer than all this.
void Instance::KillMembers() {
  const Deadline deadline = Deadline::After(kMembersTime);
  const bool cannot_fork = cgroup_->processes() != nullptr;
  bool is_again = true;
  while (is_again) {
    const std::vector<UniqueFd> killed = cgroup_->KillMembers();
    (void)rloader_->Signal(SIGKILL);
    (void)rloader_->Await(deadline);
    for (const UniqueFd& pidfd : killed) {
      pollfd entry{.fd = pidfd.get(), .events = POLLIN, .revents = 0};
      ::poll(&entry, 1, deadline.PollTimeout());
    }
    is_again = cannot_fork && !killed.empty() && !deadline.HasPassed();
  }
}

/// What a rloader that has ended left in the cgroup is killed as well.
void Instance::Kill() {
  if (rloader_ == nullptr) return;
  if (cgroup_ != nullptr) KillMembers();
  if (household_ == Household::kShared) {
    const Deadline deadline = Deadline::After(kKillTime);
    while (!TryKill() && !deadline.HasPassed()) (void)rloader_->Await(Deadline::After(kRound));
    return;
  }
  if (const Status gone = KillDescendants(Deadline::After(kKillTime), rloader_.get()); !gone) {
    LogError("instance_survives reason=\"{}\"", gone.error().message);
  }
}

}  // namespace openfc::emulator
