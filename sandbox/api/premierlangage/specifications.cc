#include "sandbox/api/premierlangage/specifications.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>

namespace openfc::sandbox {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kSpokenVersion = "3.0.3";  // Of the original, whose wire this is.
constexpr int kUnlimited = -1;

/// One number of all disks, a second.
Json Rates(const HostCounters& before, const HostCounters& after, double seconds,
           std::int64_t DiskCounters::*number) {
  Json rates = Json::object();
  for (const auto& [device, counters] : after.disks) {
    const auto earlier = before.disks.find(device);
    if (earlier == before.disks.end()) continue;
    const auto difference = static_cast<double>(counters.*number - earlier->second.*number);
    rates[device] = static_cast<std::int64_t>(difference / seconds);
  }
  return rates;
}

Json StorageOf(const HostFacts& host, std::int64_t StorageFigures::*number) {
  Json storage = Json::object();
  for (const auto& [device, figures] : host.storage) storage[device] = figures.*number;
  return storage;
}

Json ContainerOf(const HostFacts& host, const ContainerFacts& container) {
  return {{"count", container.count},
          {"cpu",
           {{"count", host.logical},
            {"period", kUnlimited},
            {"shares", kUnlimited},
            {"quota", kUnlimited}}},
          {"memory",
           {{"ram", container.limits.memory_bytes},
            {"swap", 0},
            {"storage", container.limits.disk_bytes}}},
          {"io",
           {{"read_iops", Json::object()},
            {"read_bps", Json::object()},
            {"write_iops", Json::object()},
            {"write_bps", Json::object()}}},
          {"process", container.limits.processes},
          {"working_dir_device", container.device}};
}

}  // namespace

std::string RenderSpecifications(const HostFacts& host, const ContainerFacts& container) {
  const Json document{
      {"host",
       {{"cpu",
         {{"core", host.cores},
          {"logical", host.logical},
          {"freq_min", host.megahertz_min},
          {"freq_max", host.megahertz_max}}},
        {"memory",
         {{"ram", host.memory.ram},
          {"swap", host.memory.swap},
          {"storage", StorageOf(host, &StorageFigures::total)}}},
        {"docker_version", "none"},
        {"sandbox_version", kSpokenVersion}}},
      {"container", ContainerOf(host, container)},
      {"isolation",
       {{"profile", container.isolation.profile}, {"missing", container.isolation.missing}}}};
  return document.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string RenderUsages(const HostFacts& host, const HostCounters& before,
                         const HostCounters& after, std::size_t containers_in_use) {
  constexpr double kShortest = 0.001;
  const double seconds =
      std::max(std::chrono::duration<double>(after.when - before.when).count(), kShortest);
  const auto per_second = [seconds](std::int64_t from, std::int64_t to) {
    return static_cast<std::int64_t>(static_cast<double>(to - from) / seconds);
  };
  const auto ticks = static_cast<double>(after.cpu.total - before.cpu.total);
  const double usage =
      ticks <= 0 ? 0 : static_cast<double>(after.cpu.busy - before.cpu.busy) / ticks;
  Json averages = Json::array();
  for (const double load : host.loads) averages.push_back(load / host.logical);
  const NetworkCounters& from = before.network;
  const NetworkCounters& to = after.network;
  const Json document{
      {"cpu", {{"frequency", host.megahertz}, {"usage", usage}, {"usage_avg", averages}}},
      {"memory",
       {{"ram", host.memory.ram_used},
        {"swap", host.memory.swap_used},
        {"storage", StorageOf(host, &StorageFigures::used)}}},
      {"io",
       {{"read_iops", Rates(before, after, seconds, &DiskCounters::reads)},
        {"read_bps", Rates(before, after, seconds, &DiskCounters::read_bytes)},
        {"write_iops", Rates(before, after, seconds, &DiskCounters::writes)},
        {"write_bps", Rates(before, after, seconds, &DiskCounters::written_bytes)}}},
      {"network",
       {{"sent_bytes", per_second(from.sent_bytes, to.sent_bytes)},
        {"received_bytes", per_second(from.received_bytes, to.received_bytes)},
        {"sent_packets", per_second(from.sent_packets, to.sent_packets)},
        {"received_packets", per_second(from.received_packets, to.received_packets)}}},
      {"process", host.processes},
      {"container", containers_in_use}};
  return document.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace openfc::sandbox
