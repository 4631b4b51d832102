#include "tests/bench/process_figures.h"

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

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

/// In a table of the kernel's; zero when there is none.
double NumberAfter(std::string_view label, const std::filesystem::path& file) {
  std::ifstream table(file);
  std::string word;
  double number = 0;
  while (table >> word && word != label) continue;
  return table >> number ? number : 0;
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
    total += NumberAfter("Pss:", FolderOf(process) / "smaps_rollup");
  }
  return total / kKilobytes;
}

double AnonymousKilobytesOf(pid_t process) {
  return NumberAfter("RssAnon:", FolderOf(process) / "status");
}

}  // namespace openfc::bench
