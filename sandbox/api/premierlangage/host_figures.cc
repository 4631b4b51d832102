#include "sandbox/api/premierlangage/host_figures.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>
#include <system_error>
#include <utility>

namespace openfc::sandbox {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kKilo = 1024;
constexpr std::int64_t kSectorBytes = 512;
constexpr double kKilohertz = 1000;

std::string ReadText(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::istringstream Stream(std::string_view text) { return std::istringstream(std::string(text)); }

/// The number behind each name of lines such as `MemTotal:  8000 kB`.
std::map<std::string, std::int64_t> NumbersByName(std::string_view text) {
  std::map<std::string, std::int64_t> numbers;
  auto lines = Stream(text);
  for (std::string line; std::getline(lines, line);) {
    const auto colon = line.find(':');
    if (colon == std::string::npos) continue;
    numbers[line.substr(0, colon)] = std::strtoll(line.c_str() + colon + 1, nullptr, 10);
  }
  return numbers;
}

/// /proc/mounts writes blanks as \040.
std::string Unescaped(const std::string& text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 3 < text.size()) {
      plain += static_cast<char>(std::strtol(text.substr(i + 1, 3).c_str(), nullptr, 8));
      i += 3;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

double MegahertzOf(const char* file) {
  return std::strtod(ReadText(std::string("/sys/devices/system/cpu/cpu0/cpufreq/") + file).c_str(),
                     nullptr) /
         kKilohertz;
}

std::vector<Partition> Partitions() {
  return ReadPartitions(ReadText("/proc/self/mounts"), ReadText("/proc/filesystems"));
}

int CountProcesses() {
  std::error_code failure;
  int count = 0;
  for (const auto& entry : fs::directory_iterator("/proc", failure)) {
    const std::string name = entry.path().filename();
    if (std::all_of(name.begin(), name.end(), [](unsigned char c) { return std::isdigit(c); })) {
      ++count;
    }
  }
  return count;
}

/// The value of a line of /proc/cpuinfo; nothing for another name.
bool IsLineOf(const std::string& line, std::string_view name, std::string& value) {
  if (!line.starts_with(name)) return false;
  const auto colon = line.find(':');
  if (colon == std::string::npos) return false;
  value = line.substr(colon + 1);
  return true;
}

}  // namespace

MemoryFigures ReadMeminfo(std::string_view meminfo) {
  auto kilobytes = NumbersByName(meminfo);
  const std::int64_t cached = kilobytes["Cached"] + kilobytes["SReclaimable"];
  const std::int64_t used =
      kilobytes["MemTotal"] - kilobytes["MemFree"] - kilobytes["Buffers"] - cached;
  return {.ram = kilobytes["MemTotal"] * kKilo,
          .ram_used = std::max<std::int64_t>(used, 0) * kKilo,
          .swap = kilobytes["SwapTotal"] * kKilo,
          .swap_used = (kilobytes["SwapTotal"] - kilobytes["SwapFree"]) * kKilo};
}

CpuTimes ReadStat(std::string_view stat) {
  auto words = Stream(stat.substr(0, stat.find('\n')));
  std::string name;
  words >> name;
  // user nice system idle iowait irq softirq steal; guests' times are in user already.
  CpuTimes times;
  std::int64_t ticks = 0;
  for (int i = 0; i < 8 && words >> ticks; ++i) {
    times.total += ticks;
    if (i != 3 && i != 4) times.busy += ticks;
  }
  return times;
}

std::map<std::string, DiskCounters> ReadDiskstats(std::string_view diskstats) {
  std::map<std::string, DiskCounters> disks;
  auto lines = Stream(diskstats);
  for (std::string line; std::getline(lines, line);) {
    auto words = Stream(line);
    std::string major;
    std::string minor;
    std::string name;
    std::int64_t merged = 0;
    std::int64_t millis = 0;
    DiskCounters counters;
    if (words >> major >> minor >> name >> counters.reads >> merged >> counters.read_bytes >>
        millis >> counters.writes >> merged >> counters.written_bytes) {
      counters.read_bytes *= kSectorBytes;
      counters.written_bytes *= kSectorBytes;
      disks[name] = counters;
    }
  }
  return disks;
}

NetworkCounters ReadNetDev(std::string_view dev) {
  NetworkCounters sum;
  auto lines = Stream(dev);
  for (std::string line; std::getline(lines, line);) {
    const auto colon = line.find(':');
    if (colon == std::string::npos) continue;
    auto words = Stream(line.substr(colon + 1));
    std::array<std::int64_t, 10> numbers{};
    for (std::int64_t& number : numbers) words >> number;
    sum.received_bytes += numbers[0];
    sum.received_packets += numbers[1];
    sum.sent_bytes += numbers[8];
    sum.sent_packets += numbers[9];
  }
  return sum;
}

int ReadCores(std::string_view cpuinfo) {
  std::set<std::pair<std::string, std::string>> cores;
  std::string package;
  auto lines = Stream(cpuinfo);
  for (std::string line, value; std::getline(lines, line);) {
    if (IsLineOf(line, "physical id", value)) package = value;
    if (IsLineOf(line, "core id", value)) cores.emplace(package, value);
  }
  return static_cast<int>(cores.size());
}

double ReadMegahertz(std::string_view cpuinfo) {
  double sum = 0;
  int count = 0;
  auto lines = Stream(cpuinfo);
  for (std::string line, value; std::getline(lines, line);) {
    if (!IsLineOf(line, "cpu MHz", value)) continue;
    sum += std::strtod(value.c_str(), nullptr);
    ++count;
  }
  return count == 0 ? 0 : sum / count;
}

std::vector<Partition> ReadPartitions(std::string_view mounts, std::string_view filesystems) {
  std::set<std::string> on_devices{"zfs"};
  auto types = Stream(filesystems);
  for (std::string line; std::getline(types, line);) {
    if (line.starts_with("\t")) on_devices.insert(line.substr(1));
  }
  std::vector<Partition> partitions;
  std::set<std::string> seen;
  auto lines = Stream(mounts);
  for (std::string line; std::getline(lines, line);) {
    auto words = Stream(line);
    std::string device;
    std::string folder;
    std::string type;
    words >> device >> folder >> type;
    if (device.empty() || device == "none" || !on_devices.contains(type)) continue;
    if (!seen.insert(device).second) continue;
    partitions.push_back({.device = Unescaped(device), .folder = Unescaped(folder)});
  }
  return partitions;
}

HostFacts ReadHostFacts() {
  HostFacts facts;
  const std::string cpuinfo = ReadText("/proc/cpuinfo");
  facts.logical = static_cast<int>(std::max(1L, ::sysconf(_SC_NPROCESSORS_ONLN)));
  const int cores = ReadCores(cpuinfo);
  facts.cores = cores > 0 ? cores : facts.logical;
  facts.megahertz_min = MegahertzOf("cpuinfo_min_freq");
  facts.megahertz_max = MegahertzOf("cpuinfo_max_freq");
  facts.megahertz = ReadMegahertz(cpuinfo);
  facts.memory = ReadMeminfo(ReadText("/proc/meminfo"));
  for (const Partition& partition : Partitions()) {
    struct statvfs about {};
    if (::statvfs(partition.folder.c_str(), &about) != 0) continue;
    const auto block = static_cast<std::int64_t>(about.f_frsize);
    facts.storage[partition.device] = {
        .total = static_cast<std::int64_t>(about.f_blocks) * block,
        .used = static_cast<std::int64_t>(about.f_blocks - about.f_bfree) * block};
  }
  (void)::getloadavg(facts.loads.data(), static_cast<int>(facts.loads.size()));
  facts.processes = CountProcesses();
  return facts;
}

HostCounters ReadHostCounters() {
  HostCounters counters{.when = std::chrono::steady_clock::now(),
                        .cpu = ReadStat(ReadText("/proc/stat")),
                        .disks = {},
                        .network = ReadNetDev(ReadText("/proc/net/dev"))};
  const auto disks = ReadDiskstats(ReadText("/proc/diskstats"));
  for (const Partition& partition : Partitions()) {
    const auto found = disks.find(fs::path(partition.device).filename());
    if (found != disks.end()) counters.disks[partition.device] = found->second;
  }
  return counters;
}

std::string DeviceOf(const std::string& folder) {
  struct stat wanted {};
  if (::stat(folder.c_str(), &wanted) != 0) return "";
  std::string device;
  auto lines = Stream(ReadText("/proc/self/mounts"));
  for (std::string line; std::getline(lines, line);) {
    auto words = Stream(line);
    std::string source;
    std::string place;
    words >> source >> place;
    struct stat about {};
    // The last one counts: it covers those before it.
    if (::stat(Unescaped(place).c_str(), &about) == 0 && about.st_dev == wanted.st_dev) {
      device = Unescaped(source);
    }
  }
  return device;
}

}  // namespace openfc::sandbox
