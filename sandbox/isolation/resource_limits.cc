#include "sandbox/isolation/resource_limits.h"

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>

namespace openfc::sandbox {
namespace {

constexpr std::uint64_t kStackBytes = 8U << 20;

void AddLimit(ResourceLimits& limits, int resource, std::uint64_t soft, std::uint64_t hard) {
  limits.all[limits.count++] = {resource, soft, hard};
}
void AddLimit(ResourceLimits& limits, int resource, std::int64_t value) {
  const auto bound = static_cast<std::uint64_t>(value);
  AddLimit(limits, resource, bound, bound);
}

}  // namespace

ResourceLimits ResourceLimitsOf(const Limits& limits, std::optional<std::int64_t> process_count,
                                std::optional<std::int64_t> address_bytes) {
  ResourceLimits all;
  const auto seconds =
      static_cast<std::uint64_t>(std::chrono::ceil<std::chrono::seconds>(limits.cpu).count());
  // SIGXCPU first: it says why, where SIGKILL says nothing. Who ignores it has one second more.
  AddLimit(all, RLIMIT_CPU, seconds, seconds + 1);
  AddLimit(all, RLIMIT_FSIZE, limits.file_bytes);
  AddLimit(all, RLIMIT_NOFILE, limits.open_files);
  AddLimit(all, RLIMIT_CORE, 0);
  AddLimit(all, RLIMIT_MEMLOCK, 0);
  AddLimit(all, RLIMIT_MSGQUEUE, 0);
  AddLimit(all, RLIMIT_RTPRIO, 0);
  AddLimit(all, RLIMIT_STACK, kStackBytes, kStackBytes);
  AddLimit(all, RLIMIT_SIGPENDING, limits.processes + 64);
  if (process_count) AddLimit(all, RLIMIT_NPROC, *process_count);
  if (address_bytes) AddLimit(all, RLIMIT_AS, *address_bytes);
  return all;
}

int SetResourceLimits(const ResourceLimits& limits) {
  for (std::size_t i = 0; i < limits.count; ++i) {
    const ResourceLimits::One& one = limits.all[i];
    rlimit64 value{one.soft, one.hard};
    rlimit64 now{};
    // What is tighter already stays: nobody but root may raise it.
    if (::syscall(SYS_prlimit64, 0, one.resource, nullptr, &now) != 0) return errno;
    if (value.rlim_max > now.rlim_max) value.rlim_max = now.rlim_max;
    if (value.rlim_cur > value.rlim_max) value.rlim_cur = value.rlim_max;
    if (::syscall(SYS_prlimit64, 0, one.resource, &value, nullptr) != 0) return errno;
  }
  return 0;
}

}  // namespace openfc::sandbox
