#include "sandbox/zygote/processor_time.h"

#include <ctime>

namespace openfc::sandbox {

std::chrono::nanoseconds ProcessorTimeOf(pid_t pid) {
  clockid_t clock{};
  timespec used{};
  if (::clock_getcpuclockid(pid, &clock) != 0 || ::clock_gettime(clock, &used) != 0) return {};
  return std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
}

}  // namespace openfc::sandbox
