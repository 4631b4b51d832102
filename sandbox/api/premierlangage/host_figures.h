#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace openfc::sandbox {

// What psutil tells of a machine, from the kernel's texts in /proc. Sizes are bytes.

struct MemoryFigures {
  std::int64_t ram = 0;
  std::int64_t ram_used = 0;  // Without what the kernel caches.
  std::int64_t swap = 0;
  std::int64_t swap_used = 0;
};
MemoryFigures ReadMeminfo(std::string_view meminfo);

/// In ticks since the start.
struct CpuTimes {
  std::int64_t busy = 0;
  std::int64_t total = 0;
};
CpuTimes ReadStat(std::string_view stat);

/// Counted since the start.
struct DiskCounters {
  std::int64_t reads = 0;
  std::int64_t writes = 0;
  std::int64_t read_bytes = 0;
  std::int64_t written_bytes = 0;
};
std::map<std::string, DiskCounters> ReadDiskstats(std::string_view diskstats);

struct NetworkCounters {
  std::int64_t sent_bytes = 0;
  std::int64_t received_bytes = 0;
  std::int64_t sent_packets = 0;
  std::int64_t received_packets = 0;
};
/// Of all interfaces together.
NetworkCounters ReadNetDev(std::string_view dev);

/// How many cores the processors have, by /proc/cpuinfo; hyper-threads share one. 0: it does not
/// say.
int ReadCores(std::string_view cpuinfo);

/// The mean of the processors' MHz by /proc/cpuinfo; 0: it does not say.
double ReadMegahertz(std::string_view cpuinfo);

struct Partition {
  std::string device;
  std::string folder;
};
/// The mounts of file systems on devices, each device once; `filesystems` is /proc/filesystems.
std::vector<Partition> ReadPartitions(std::string_view mounts, std::string_view filesystems);

struct StorageFigures {
  std::int64_t total = 0;
  std::int64_t used = 0;
};

/// The machine as it stands.
struct HostFacts {
  int cores = 1;
  int logical = 1;
  double megahertz_min = 0;
  double megahertz_max = 0;
  double megahertz = 0;
  MemoryFigures memory = {};
  std::map<std::string, StorageFigures> storage = {};  // By device.
  std::array<double, 3> loads{};                       // Over 1, 5 and 15 minutes.
  int processes = 0;
};
HostFacts ReadHostFacts();

/// What only two of, one after the other, tell.
struct HostCounters {
  std::chrono::steady_clock::time_point when = {};
  CpuTimes cpu = {};
  std::map<std::string, DiskCounters> disks = {};  // By device, of those that are partitions.
  NetworkCounters network = {};
};
HostCounters ReadHostCounters();

/// The device that a folder's file system lies on; empty when that cannot be told.
std::string DeviceOf(const std::string& folder);

}  // namespace openfc::sandbox
