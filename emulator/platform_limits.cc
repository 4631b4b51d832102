#include "emulator/platform_limits.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <string>
#include <utility>

namespace openfc::emulator {
namespace {

constexpr std::int64_t kLeastMemoryMb = 128;
constexpr std::int64_t kMostMemoryMb = 32768;
constexpr std::int64_t kMemoryStepMb = 64;
constexpr std::size_t kMostEnvironmentBytes = 4096;
constexpr std::size_t kMostLayers = 5;
constexpr std::size_t kMostTriggers = 50;
constexpr std::size_t kMostPayloadBytes = 4096;
constexpr std::size_t kMostHealthPath = 2048;
constexpr double kLeastCpu = 0.05;
constexpr double kMostCpu = 16;
constexpr double kMbInGb = 1024;
constexpr double kMostGbForCpu = 4;
constexpr double kRounding = 1e-6;
constexpr int kDigits = 6;

Error Beyond(const std::string& what) {
  return Error{ErrorCode::kInvalidArgument, what + " (--no-limits lifts this)"};
}

struct Range {
  const char* what;
  std::int64_t number;
  std::int64_t least;
  std::int64_t most;
  const char* unit = "";
};

template <std::size_t N>
Status CheckRanges(const std::array<Range, N>& ranges) {
  for (const Range& range : ranges) {
    if (range.number >= range.least && range.number <= range.most) continue;
    return Beyond(std::string(range.what) + " is " + std::to_string(range.number) + range.unit +
                  ", but the platform takes " + std::to_string(range.least) + " to " +
                  std::to_string(range.most));
  }
  return Ok();
}

Status CheckCount(const std::string& what, std::size_t count, std::size_t most) {
  if (count <= most) return Ok();
  return Beyond("there are " + std::to_string(count) + " " + what + ", but the platform takes " +
                std::to_string(most));
}

std::int64_t TimeoutOf(const std::optional<HookDefinition>& hook) {
  return hook ? hook->timeout.count() : 1;
}

Status CheckTimes(const FunctionDefinition& function) {
  return CheckRanges(std::array{
      Range{"the timeout", function.timeout.count(), 1, 86400, " s"},
      Range{"the timeout of the initializer", TimeoutOf(function.initializer), 1, 300, " s"},
      Range{"the timeout of the pre-freeze hook", TimeoutOf(function.pre_freeze), 1, 90, " s"},
      Range{"the timeout of the pre-stop hook", TimeoutOf(function.pre_stop), 1, 90, " s"}});
}

Status CheckMemory(std::int64_t memory) {
  if (memory >= kLeastMemoryMb && memory <= kMostMemoryMb && memory % kMemoryStepMb == 0) {
    return Ok();
  }
  return Beyond("the memory size is " + std::to_string(memory) +
                " MB, but the platform takes 128 to 32768 in steps of 64");
}

std::string Written(double number) {
  std::array<char, 32> text{};
  const auto written = std::to_chars(text.data(), text.data() + text.size(), number,
                                     std::chars_format::general, kDigits);
  return {text.data(), written.ptr};
}

/// 0.05 to 16 in steps of 0.05, and 1 to 4 GB of memory for each.
Status CheckCpu(double cpu, std::int64_t memory_mb) {
  if (cpu == 0) return Ok();
  const double steps = cpu / kLeastCpu;
  const bool is_step = std::abs(steps - std::round(steps)) < kRounding;
  if (cpu < kLeastCpu - kRounding || cpu > kMostCpu || !is_step) {
    return Beyond("the cpu is " + Written(cpu) +
                  ", but the platform takes 0.05 to 16 in steps of 0.05");
  }
  const double gb_for_cpu = static_cast<double>(memory_mb) / kMbInGb / cpu;
  if (gb_for_cpu > 1 - kRounding && gb_for_cpu < kMostGbForCpu + kRounding) return Ok();
  return Beyond("the memory size is " + std::to_string(memory_mb) + " MB for a cpu of " +
                Written(cpu) + ", but the platform takes 1 to 4 GB for each processor");
}

Status CheckEnvironmentSize(const Variables& environment) {
  std::size_t bytes = 0;
  for (const auto& [name, value] : environment) bytes += name.size() + value.size();
  if (bytes <= kMostEnvironmentBytes) return Ok();
  return Beyond("the environment variables take " + std::to_string(bytes) +
                " bytes, but the platform takes 4096 in all");
}

Status CheckHealth(const HealthCheck& health) {
  if (health.path.size() > kMostHealthPath) {
    return Beyond("the health check's path has " + std::to_string(health.path.size()) +
                  " bytes, but the platform takes " + std::to_string(kMostHealthPath));
  }
  return CheckRanges(std::array{
      Range{"the health check's initial delay", health.initial_delay.count(), 0, 120, " s"},
      Range{"the health check's period", health.period.count(), 1, 120, " s"},
      Range{"the health check's timeout", health.timeout.count(), 1, 3, " s"},
      Range{"the health check's failure threshold", health.failure_threshold, 1, 120},
      Range{"the health check's success threshold", health.success_threshold, 1, 120}});
}

Status CheckTriggers(const FunctionDefinition& function) {
  const std::size_t count = function.timers.size() + (function.http_trigger ? 1 : 0);
  const Status counted = CheckCount("triggers", count, kMostTriggers);
  if (!counted) return counted.error();
  for (const TimerTrigger& timer : function.timers) {
    if (timer.payload.size() <= kMostPayloadBytes) continue;
    return Beyond("the payload of the timer " + timer.name + " takes " +
                  std::to_string(timer.payload.size()) + " bytes, but the platform takes " +
                  std::to_string(kMostPayloadBytes));
  }
  return Ok();
}

Status CheckInvocations(const FunctionDefinition& function) {
  return CheckRanges(std::array{
      Range{"the instance concurrency", function.instance_concurrency, 1, 200},
      Range{"the age of asynchronous events", function.async.max_age.count(), 1, 2592000, " s"},
      Range{"the number of asynchronous retries", function.async.max_retries, 0, 8}});
}

}  // namespace

Status CheckPlatformLimits(const FunctionDefinition& function) {
  Status fits = CheckTimes(function);
  if (fits) fits = CheckMemory(function.memory_mb);
  if (fits) fits = CheckCpu(function.cpu, function.memory_mb);
  if (fits) fits = CheckEnvironmentSize(function.environment);
  if (fits) fits = CheckCount("layers", function.layers.size(), kMostLayers);
  if (fits && function.custom && function.custom->health) {
    fits = CheckHealth(*function.custom->health);
  }
  if (fits) fits = CheckTriggers(function);
  if (fits) fits = CheckInvocations(function);
  return fits;
}

}  // namespace openfc::emulator
