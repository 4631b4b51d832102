#include "sandbox/api/premierlangage/host_figures.h"

#include "sandbox/api/premierlangage/specifications.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace openfc::sandbox {
namespace {

using nlohmann::json;

TEST(HostFiguresTest, ReadsMemory) {
  const MemoryFigures memory = ReadMeminfo(
      "MemTotal:  1000 kB\nMemFree: 300 kB\nMemAvailable: 600 kB\nBuffers: 50 kB\nCached: 200 kB\n"
      "SReclaimable: 30 kB\nSwapTotal: 100 kB\nSwapFree: 60 kB\n");

  EXPECT_EQ(memory.ram, 1'024'000);
  EXPECT_EQ(memory.ram_used, 420 * 1024);
  EXPECT_EQ(memory.swap, 102'400);
  EXPECT_EQ(memory.swap_used, 40 * 1024);
}

TEST(HostFiguresTest, ReadsProcessorTimes) {
  const CpuTimes times = ReadStat("cpu  10 1 20 100 5 2 3 4 7 8\ncpu0 1 1 1 1\n");

  EXPECT_EQ(times.busy, 40);
  EXPECT_EQ(times.total, 145);
}

TEST(HostFiguresTest, ReadsDisks) {
  const auto disks = ReadDiskstats(
      "   8       0 sda 100 5 2000 30 40 6 800 70 0 0 0\n   8 1 sda1 1 2 3 4 5 6 7\nbroken\n");

  ASSERT_EQ(disks.size(), 2U);
  EXPECT_EQ(disks.at("sda").reads, 100);
  EXPECT_EQ(disks.at("sda").writes, 40);
  EXPECT_EQ(disks.at("sda").read_bytes, 2000 * 512);
  EXPECT_EQ(disks.at("sda").written_bytes, 800 * 512);
}

TEST(HostFiguresTest, SumsInterfaces) {
  const NetworkCounters network = ReadNetDev(
      "Inter-|   Receive                 |  Transmit\n face |bytes packets\n"
      "    lo: 10 1 0 0 0 0 0 0 20 2 0 0 0 0 0 0\n  eth0:100 5 0 0 0 0 0 0 200 6 0 0 0 0 0 0\n");

  EXPECT_EQ(network.received_bytes, 110);
  EXPECT_EQ(network.received_packets, 6);
  EXPECT_EQ(network.sent_bytes, 220);
  EXPECT_EQ(network.sent_packets, 8);
}

TEST(HostFiguresTest, CountsCoresAndNotTheirThreads) {
  const std::string cpuinfo =
      "processor\t: 0\ncpu MHz\t\t: 2000.000\nphysical id\t: 0\ncore id\t\t: 0\n\n"
      "processor\t: 1\ncpu MHz\t\t: 3000.000\nphysical id\t: 0\ncore id\t\t: 0\n\n"
      "processor\t: 2\nphysical id\t: 1\ncore id\t\t: 0\n";

  EXPECT_EQ(ReadCores(cpuinfo), 2);
  EXPECT_EQ(ReadMegahertz(cpuinfo), 2500.0);
  EXPECT_EQ(ReadCores("processor: 0\n"), 0);
  EXPECT_EQ(ReadMegahertz(""), 0.0);
}

TEST(HostFiguresTest, FindsPartitions) {
  const auto partitions = ReadPartitions(
      "/dev/sda2 / ext4 rw 0 0\nproc /proc proc rw 0 0\ntmpfs /tmp tmpfs rw 0 0\n"
      "/dev/sda2 /again ext4 rw 0 0\n/dev/sdb /mnt/a\\040b xfs rw 0 0\n",
      "nodev\tproc\nnodev\ttmpfs\n\text4\n\txfs\n");

  ASSERT_EQ(partitions.size(), 2U);
  EXPECT_EQ(partitions[0].device, "/dev/sda2");
  EXPECT_EQ(partitions[0].folder, "/");
  EXPECT_EQ(partitions[1].folder, "/mnt/a b");
}

TEST(HostFiguresTest, ReadsThisMachine) {
  const HostFacts facts = ReadHostFacts();
  const HostCounters counters = ReadHostCounters();

  EXPECT_GE(facts.logical, 1);
  EXPECT_GE(facts.cores, 1);
  EXPECT_GT(facts.memory.ram, facts.memory.ram_used);
  EXPECT_GT(facts.memory.ram_used, 0);
  EXPECT_GT(facts.processes, 0);
  EXPECT_GT(counters.cpu.total, counters.cpu.busy);
  EXPECT_NE(DeviceOf("/proc"), "");
  EXPECT_EQ(DeviceOf("/no/such/folder"), "");
}

TEST(SpecificationsTest, HaveTheOriginalsShape) {
  HostFacts host{.cores = 2, .logical = 4, .megahertz_min = 800, .megahertz_max = 3000};
  host.memory = {.ram = 1000, .ram_used = 10, .swap = 500, .swap_used = 5};
  host.storage = {{"/dev/sda2", {.total = 77, .used = 7}}};
  ContainerFacts container{.count = 3, .device = "/dev/sda2", .isolation = {"full", {"P8"}}};
  container.limits.memory_bytes = 100;
  container.limits.disk_bytes = 200;
  container.limits.processes = 64;

  EXPECT_EQ(json::parse(RenderSpecifications(host, container)), json::parse(R"({
    "host": {"cpu": {"core": 2, "logical": 4, "freq_min": 800.0, "freq_max": 3000.0},
             "memory": {"ram": 1000, "swap": 500, "storage": {"/dev/sda2": 77}},
             "docker_version": "none", "sandbox_version": "3.0.3"},
    "container": {"count": 3, "cpu": {"count": 4, "period": -1, "shares": -1, "quota": -1},
                  "memory": {"ram": 100, "swap": 0, "storage": 200},
                  "io": {"read_iops": {}, "read_bps": {}, "write_iops": {}, "write_bps": {}},
                  "process": 64, "working_dir_device": "/dev/sda2"},
    "isolation": {"profile": "full", "missing": ["P8"]}})"));
}

TEST(UsagesTest, AreWhatHappenedASecond) {
  HostFacts host{.logical = 2, .megahertz = 2400};
  host.memory = {.ram = 1000, .ram_used = 10, .swap = 500, .swap_used = 5};
  host.storage = {{"/dev/sda2", {.total = 77, .used = 7}}};
  host.loads = {1, 0.5, 0.25};
  host.processes = 9;
  HostCounters before{.cpu = {.busy = 100, .total = 200}, .disks = {}, .network = {}};
  before.disks["/dev/sda2"] = {.reads = 1, .writes = 2, .read_bytes = 100, .written_bytes = 200};
  HostCounters after = before;
  after.when += std::chrono::seconds(2);
  after.cpu = {.busy = 150, .total = 400};
  after.disks["/dev/sda2"] = {.reads = 11, .writes = 6, .read_bytes = 300, .written_bytes = 202};
  after.disks["/dev/new"] = {.reads = 5};
  after.network = {
      .sent_bytes = 10, .received_bytes = 20, .sent_packets = 4, .received_packets = 7};

  EXPECT_EQ(json::parse(RenderUsages(host, before, after, 3)), json::parse(R"({
    "cpu": {"frequency": 2400.0, "usage": 0.25, "usage_avg": [0.5, 0.25, 0.125]},
    "memory": {"ram": 10, "swap": 5, "storage": {"/dev/sda2": 7}},
    "io": {"read_iops": {"/dev/sda2": 5}, "read_bps": {"/dev/sda2": 100},
           "write_iops": {"/dev/sda2": 2}, "write_bps": {"/dev/sda2": 1}},
    "network": {"sent_bytes": 5, "received_bytes": 10, "sent_packets": 2, "received_packets": 3},
    "process": 9, "container": 3})"));
}

TEST(UsagesTest, StandTwoLooksAtOneMoment) {
  const HostFacts host;
  const HostCounters counters{};

  const json document = json::parse(RenderUsages(host, counters, counters, 0));

  EXPECT_EQ(document["cpu"]["usage"], 0);
  EXPECT_EQ(document["network"]["sent_bytes"], 0);
}

}  // namespace
}  // namespace openfc::sandbox
