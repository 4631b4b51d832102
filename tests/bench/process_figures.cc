#include "tests/bench/process_figures.h"

#include <filesystem>
#include <fstream>
#include <string>

namespace openfc::bench {
namespace {

std::filesystem::path FolderOf(pid_t process) { return "/proc/" + std::to_string(process); }

Nanoseconds CpuTimeOf(pid_t process) {
  Nanoseconds::rep total = 0;
  std::error_code ignored;
  for (const auto& thread :
       std::filesystem::directory_iterator(FolderOf(process) / "task", ignored)) {
    Nanoseconds::rep on_cpu = 0;
    std::ifstream(thread.path() / "schedstat") >> on_cpu;
    total += on_cpu;
  }
  return Nanoseconds(total);
}

}  // namespace

Nanoseconds CpuTimeOf(const std::vector<pid_t>& processes) {
  Nanoseconds total{0};
  for (const pid_t process : processes) total += CpuTimeOf(process);
  return total;
}

double PssMegabytesOf(const std::vector<pid_t>& processes) {
  constexpr double kKilobytes = 1024;
  double total = 0;
  for (const pid_t process : processes) {
    std::ifstream table(FolderOf(process) / "smaps_rollup");
    std::string word;
    double kilobytes = 0;
    while (table >> word && word != "Pss:") continue;
    if (table >> kilobytes) total += kilobytes;
  }
  return total / kKilobytes;
}

}  // namespace openfc::bench
