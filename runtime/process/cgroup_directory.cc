#include "runtime/process/cgroup_directory.h"

#include "runtime/base/unique_fd.h"
#include "runtime/process/proc_files.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <iterator>
#include <map>
#include <sstream>
#include <utility>

namespace openfc {
namespace {

constexpr const char* kQuotaFile = "cpu.cfs_quota_us";  // Of version 1,
constexpr const char* kTimeFile = "cpu.max";            // and of version 2.
constexpr double kPeriodUs = 100'000;
constexpr double kLeastQuotaUs = 1'000;  // The kernel takes no less,
constexpr double kMostQuotaUs = 1e9;     // and not much more.

/// The first whole number in `text`.
std::optional<std::int64_t> LeadingNumber(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return std::nullopt;
  return number;
}

std::optional<std::int64_t> NumberIn(const std::string& path) {
  const auto text = ReadSmallFile(path);
  return text ? LeadingNumber(*text) : std::nullopt;
}

/// The number on the line `KEY NUMBER` of a file.
std::optional<std::int64_t> NumberOnLine(const std::string& path, const std::string& key) {
  const auto text = ReadSmallFile(path);
  if (!text) return std::nullopt;
  const std::string all = "\n" + *text;
  const std::string_view lines = all;
  const auto found = lines.find("\n" + key + " ");
  if (found == std::string_view::npos) return std::nullopt;
  return LeadingNumber(lines.substr(found + key.size() + 2));
}

bool Exists(const std::string& path) { return ::access(path.c_str(), F_OK) == 0; }

std::vector<std::string_view> Split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const auto end = text.find(separator);
    parts.push_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return parts;
}

bool Contains(const std::vector<std::string_view>& parts, std::string_view wanted) {
  return std::find(parts.begin(), parts.end(), wanted) != parts.end();
}

/// Where a hierarchy is mounted, and which of its directories is the top there.
struct CgroupMount {
  std::string_view point;
  std::string_view top;
};

/// A line of mountinfo: `id parent major:minor TOP POINT options ... - TYPE source SUPEROPTIONS`.
std::optional<CgroupMount> FindMount(std::string_view mounts, std::string_view controller) {
  for (const std::string_view line : Split(mounts, '\n')) {
    const auto dash = line.find(" - ");
    if (dash == std::string_view::npos) continue;
    const auto fields = Split(line.substr(0, dash), ' ');
    const auto rest = Split(line.substr(dash + 3), ' ');
    if (fields.size() < 5 || rest.size() < 3) continue;
    const bool fits = controller.empty()
                          ? rest[0] == "cgroup2"
                          : rest[0] == "cgroup" && Contains(Split(rest[2], ','), controller);
    if (fits) return CgroupMount{.point = fields[4], .top = fields[3]};
  }
  return std::nullopt;
}

/// Our path in a hierarchy, of the lines `id:controllers:path`; version 2 is `0::path`.
std::optional<std::string_view> FindOwnPath(std::string_view own_cgroups,
                                            std::string_view controller) {
  for (const std::string_view line : Split(own_cgroups, '\n')) {
    const auto first = line.find(':');
    const auto second = line.find(':', first + 1);
    if (first == std::string_view::npos || second == std::string_view::npos) continue;
    const std::string_view controllers = line.substr(first + 1, second - first - 1);
    const bool fits = controller.empty() ? line.starts_with("0:") && controllers.empty()
                                         : Contains(Split(controllers, ','), controller);
    if (fits) return line.substr(second + 1);
  }
  return std::nullopt;
}

std::string Join(const CgroupMount& mount, std::string_view path) {
  if (mount.top != "/" && path.starts_with(mount.top)) path.remove_prefix(mount.top.size());
  std::string joined(mount.point);
  return path == "/" ? joined : joined.append(path);
}

}  // namespace

std::string CgroupDirectory::JoinFile() const {
  std::string tasks = path_ + "/tasks";
  return ::access(tasks.c_str(), W_OK) == 0 ? tasks : ProcsFile();
}

bool CgroupDirectory::HasMemory() const {
  return Exists(path_ + "/memory.limit_in_bytes") || Exists(path_ + "/memory.max");
}

bool CgroupDirectory::HasProcesses() const { return Exists(path_ + "/pids.max"); }

bool CgroupDirectory::HasCpu() const {
  return Exists(path_ + "/" + kQuotaFile) || Exists(path_ + "/" + kTimeFile);
}

std::vector<pid_t> CgroupDirectory::Members() const {
  std::istringstream text(ReadSmallFile(ProcsFile()).value_or(""));
  return {std::istream_iterator<pid_t>(text), {}};
}

std::optional<std::int64_t> CgroupDirectory::LimitBytes() const {
  // Version 1 says "no limit" with the largest multiple of a page.
  constexpr std::int64_t kNoLimit = std::int64_t{1} << 62;
  const auto limit = NumberIn(path_ + "/memory.limit_in_bytes");
  if (limit) return *limit >= kNoLimit ? std::nullopt : limit;
  return NumberIn(path_ + "/memory.max");
}

std::optional<std::int64_t> CgroupDirectory::PeakBytes() const {
  const auto peak = NumberIn(path_ + "/memory.max_usage_in_bytes");
  return peak ? peak : NumberIn(path_ + "/memory.peak");
}

std::optional<std::int64_t> CgroupDirectory::OomKills() const {
  const auto kills = NumberOnLine(path_ + "/memory.oom_control", "oom_kill");
  return kills ? kills : NumberOnLine(path_ + "/memory.events", "oom_kill");
}

Status CgroupDirectory::SetMemoryLimit(std::int64_t bytes) const {
  const std::string limit = std::to_string(bytes);
  if (!Exists(path_ + "/memory.limit_in_bytes")) {
    (void)Write("memory.swap.max", "0");  // Absent where there is no swap.
    return Write("memory.max", limit);
  }
  auto limited = Write("memory.limit_in_bytes", limit);
  (void)Write("memory.memsw.limit_in_bytes", limit);  // Absent without swap accounting.
  return limited;
}

Status CgroupDirectory::SetProcessLimit(std::int64_t count) const {
  return Write("pids.max", std::to_string(count));
}

Status CgroupDirectory::SetCpuQuota(double processors) const {
  const double quota_us = std::clamp(processors * kPeriodUs, kLeastQuotaUs, kMostQuotaUs);
  const std::string quota = std::to_string(std::lround(quota_us));
  const std::string period = std::to_string(std::lround(kPeriodUs));
  if (!Exists(path_ + "/" + kQuotaFile)) return Write(kTimeFile, quota + " " + period);
  const Status divided = Write("cpu.cfs_period_us", period);
  return divided ? Write(kQuotaFile, quota) : divided.error();
}

Status CgroupDirectory::LiftCpuQuota() const {
  return Exists(path_ + "/" + kQuotaFile) ? Write(kQuotaFile, "-1") : Write(kTimeFile, "max");
}

std::vector<UniqueFd> CgroupDirectory::KillMembers() const {
  std::map<pid_t, UniqueFd> held;
  for (const pid_t pid : Members()) {
    if (pid == ::getpid()) continue;
    held.emplace(pid, static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  }
  // A number that is still listed has not become somebody else's before we held it.
  std::vector<UniqueFd> killed;
  for (const pid_t pid : held.empty() ? std::vector<pid_t>() : Members()) {
    const auto found = held.find(pid);
    if (found == held.end() || !found->second.is_open()) continue;
    ::syscall(SYS_pidfd_send_signal, found->second.get(), SIGKILL, nullptr, 0);
    killed.push_back(std::move(found->second));
    held.erase(found);
  }
  return killed;
}

Status CgroupDirectory::Write(const std::string& file, const std::string& text) const {
  const std::string path = path_ + "/" + file;
  const UniqueFd opened(::open(path.c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC));
  const bool is_written =
      opened.is_open() && ::write(opened.get(), text.data(), text.size()) == std::ssize(text);
  return is_written ? Ok() : SystemError("cannot write '" + path + "'", errno);
}

std::optional<std::string> FindCgroup(std::string_view own_cgroups, std::string_view mounts,
                                      std::string_view controller) {
  const auto path = FindOwnPath(own_cgroups, controller);
  const auto mount = FindMount(mounts, controller);
  if (!path || !mount) return std::nullopt;
  return Join(*mount, *path);
}

}  // namespace openfc
