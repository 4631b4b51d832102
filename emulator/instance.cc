#include "emulator/instance.h"

#include "runtime/base/log.h"
#include "runtime/process/proc_files.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <filesystem>
#include <iterator>
#include <map>
#include <set>
#include <sstream>
#include <string_view>
#include <system_error>
#include <utility>

namespace openfc::emulator {
namespace {

using std::chrono::seconds;

constexpr std::string_view kCgroupName = "openfc-instance-";
constexpr std::int64_t kBytesPerMegabyte = 1024L * 1024;
constexpr seconds kKillTime{10};
constexpr std::chrono::milliseconds kRound{5};
constexpr seconds kListedTime{1};

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

/// Removes what an fclocal that was killed has left beside `own`. The names hold the makers' pids;
/// a cgroup that is in use cannot be removed anyway.
void SweepStaleCgroups(const std::filesystem::path& own) {
  std::error_code error;
  std::filesystem::directory_iterator entry(own.parent_path(), error);
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (!name.starts_with(kCgroupName)) continue;
    pid_t maker = 0;
    std::from_chars(name.data() + kCgroupName.size(), name.data() + name.size(), maker);
    if (maker > 0 && !ReadProcess(maker)) ::rmdir(entry->path().c_str());
  }
}

std::unique_ptr<MemoryCgroup> TryMakeCgroup(std::int64_t memory_mb) {
  const std::string name = std::string(kCgroupName) + std::to_string(::getpid());
  auto cgroup = MemoryCgroup::Make(name, memory_mb * kBytesPerMegabyte);
  if (cgroup) {
    SweepStaleCgroups((*cgroup)->directory().path());
    return *std::move(cgroup);
  }
  LogDebug("no_memory_cgroup reason=\"{}\"", cgroup.error().message);
  return nullptr;
}

std::set<pid_t> ProcessesIn(const CgroupDirectory& cgroup) {
  std::istringstream text(ReadSmallFile(cgroup.ProcsFile()).value_or(""));
  return {std::istream_iterator<pid_t>(text), {}};
}

/// Kills what the cgroup lists, with rloader, and waits for the ends of these: what is left after
/// that has to be looked for. A look through all of /proc takes longer than all this.
void KillListed(const CgroupDirectory& cgroup, Child& rloader) {
  std::map<pid_t, UniqueFd> listed;
  for (const pid_t pid : ProcessesIn(cgroup)) {
    if (pid != rloader.pid())
      listed.emplace(pid, static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  }
  // A number that is still listed has not become somebody else's before we held it.
  const std::set<pid_t> still_listed = ProcessesIn(cgroup);
  std::erase_if(listed, [&](const auto& entry) {
    return !entry.second.is_open() || !still_listed.contains(entry.first);
  });
  for (const auto& [pid, pidfd] : listed) {
    ::syscall(SYS_pidfd_send_signal, pidfd.get(), SIGKILL, nullptr, 0);
  }
  (void)rloader.Signal(SIGKILL);
  const Deadline deadline = Deadline::After(kListedTime);
  (void)rloader.Await(deadline);
  for (const auto& [pid, pidfd] : listed) {
    pollfd entry{.fd = pidfd.get(), .events = POLLIN, .revents = 0};
    ::poll(&entry, 1, deadline.PollTimeout());
  }
}

}  // namespace

Expected<std::unique_ptr<Instance>> Instance::Start(const InstanceOptions& options) {
  if (const Status reaper = BecomeSubreaper(); !reaper) return reaper.error();
  auto pipe = MakePipe();
  if (!pipe) return pipe.error();
  std::unique_ptr<Instance> instance(new Instance(options.household));
  instance->cgroup_ = TryMakeCgroup(options.memory_mb);
  instance->log_ = std::move(pipe->reading);

  Variables environment = options.environment;
  environment["OPENFC_MEMORY_LIMIT_MB"] = std::to_string(options.memory_mb);
  if (instance->cgroup_ != nullptr) {
    environment["OPENFC_CGROUP"] = instance->cgroup_->directory().path();
  } else {
    environment["OPENFC_WATCH_MEMORY_MB"] = std::to_string(options.memory_mb);
  }
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
    peak = cgroup_->directory().PeakBytes().value_or(0);
  } else if (!rloader_->TryReap()) {
    // rloader itself is ours, not the function's.
    const auto tree = ReadTreeMemory(rloader_->pid());
    peak = tree.peak_bytes - ReadProcessMemory(rloader_->pid()).peak_bytes;
  }
  peak_memory_bytes_ = std::max(peak_memory_bytes_, peak);
}

bool Instance::WasOutOfMemory() const {
  return cgroup_ != nullptr && cgroup_->directory().OomKills().value_or(0) > 0;
}

void Instance::Kill() {
  if (rloader_ == nullptr) return;
  if (cgroup_ != nullptr && !rloader_->TryReap()) KillListed(cgroup_->directory(), *rloader_);
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
