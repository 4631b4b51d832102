#include "sandbox/isolation/run_processes.h"

#include "runtime/process/proc_files.h"

#include <unistd.h>

#include <string>

namespace openfc::sandbox {
namespace {

bool IsOf(pid_t process, uid_t user) {
  const auto status = ReadSmallFile("/proc/" + std::to_string(process) + "/status");
  // The four are the same in a run, and the line begins with the real one.
  return status && status->find("\nUid:\t" + std::to_string(user) + "\t") != std::string::npos;
}

bool IsAlive(const std::string& folder) {
  const auto stat = ReadSmallFile(folder + "/stat");
  const auto entry = stat ? ParseProcessEntry(*stat) : std::nullopt;
  return entry && entry->is_alive;
}

}  // namespace

std::vector<pid_t> ProcessesOfGroup(pid_t group) {
  if (group <= 0) return {};
  std::vector<pid_t> all = NumbersIn("/proc");
  std::erase_if(all, [group](pid_t one) { return ::getpgid(one) != group; });
  return all;
}

std::vector<pid_t> ProcessesOfUser(uid_t user) {
  std::vector<pid_t> all = NumbersIn("/proc");
  std::erase_if(all, [user](pid_t one) { return !IsOf(one, user); });
  return all;
}

pid_t LivingThreadOf(pid_t process) {
  const std::string folder = "/proc/" + std::to_string(process);
  if (IsAlive(folder)) return process;
  for (const pid_t thread : NumbersIn(folder + "/task")) {
    if (IsAlive(folder + "/task/" + std::to_string(thread))) return thread;
  }
  return process;
}

}  // namespace openfc::sandbox
