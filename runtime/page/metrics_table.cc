#include "runtime/page/metrics_table.h"

#include <algorithm>
#include <cstring>

namespace openfc {
namespace {

constexpr std::uint32_t kUntaken = 0;
constexpr std::uint32_t kBeingNamed = 1;
constexpr std::uint32_t kNamed = 2;
constexpr std::string_view kOther = "other";

std::size_t BucketOf(std::chrono::microseconds duration) {
  const double seconds = std::chrono::duration<double>(duration).count();
  const auto* const found =
      std::lower_bound(MetricsTable::kBounds.begin(), MetricsTable::kBounds.end(), seconds);
  return static_cast<std::size_t>(found - MetricsTable::kBounds.begin());
}

void Increase(std::atomic<std::uint64_t>& counter, std::uint64_t by = 1) {
  counter.fetch_add(by, std::memory_order_relaxed);
}

std::uint64_t Read(const std::atomic<std::uint64_t>& counter) {
  return counter.load(std::memory_order_relaxed);
}

/// Letters, digits and what else stands in the names of classes; others have no place in a label.
bool IsNameCharacter(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '.';
}

}  // namespace

void ProcessMetrics::CountBegin() {
  if (has_begun_.exchange(1, std::memory_order_relaxed) == 0) Increase(cold_starts_);
  running_.fetch_add(1, std::memory_order_relaxed);
}

void ProcessMetrics::CountEnd(std::size_t type, std::string_view error_type,
                              std::chrono::microseconds duration) {
  running_.fetch_sub(1, std::memory_order_relaxed);
  Increase(durations_[BucketOf(duration)]);
  Increase(duration_us_, static_cast<std::uint64_t>(std::max<std::int64_t>(duration.count(), 0)));
  if (error_type.empty()) {
    Increase(successes_[type % MetricsSum::kTypes]);
  } else {
    CountError(type, error_type);
  }
}

void ProcessMetrics::CountError(std::size_t type, std::string_view error_type) {
  Increase(failures_[type % MetricsSum::kTypes]);
  CountErrorType(error_type);
}

void ProcessMetrics::CountErrorType(std::string_view error_type) {
  const std::string_view name = error_type.substr(0, kNameLength);
  for (ErrorCount& error : errors_) {
    std::uint32_t state = kUntaken;
    if (error.state.compare_exchange_strong(state, kBeingNamed)) {
      std::copy(name.begin(), name.end(), error.name.begin());
      error.state.store(kNamed);
      state = kNamed;
    }
    if (state != kNamed || name != error.name.data()) continue;
    Increase(error.count);
    return;
  }
  Increase(other_errors_);
}

void ProcessMetrics::BeginProcess() {
  waiting_.store(0);
  running_.store(0);
  has_begun_.store(0);
}

void ProcessMetrics::AddTo(MetricsSum& sum) const {
  for (std::size_t type = 0; type < MetricsSum::kTypes; ++type) {
    sum.successes[type] += Read(successes_[type]);
    sum.failures[type] += Read(failures_[type]);
  }
  for (std::size_t i = 0; i < MetricsSum::kBuckets; ++i) sum.durations[i] += Read(durations_[i]);
  sum.duration_total += std::chrono::microseconds(Read(duration_us_));
  sum.waiting += waiting_.load(std::memory_order_relaxed);
  sum.running += running_.load(std::memory_order_relaxed);
  sum.cold_starts += Read(cold_starts_);
  for (const ErrorCount& error : errors_) {
    if (error.state.load() != kNamed) continue;
    std::string name(error.name.data(), ::strnlen(error.name.data(), kNameLength));
    if (!std::all_of(name.begin(), name.end(), IsNameCharacter)) name = kOther;
    sum.errors[name] += Read(error.count);
  }
  if (const std::uint64_t others = Read(other_errors_)) sum.errors[std::string(kOther)] += others;
}

MetricsSum MetricsTable::Sum(std::size_t processes) const {
  MetricsSum sum;
  rloader_.AddTo(sum);
  const std::size_t count = std::clamp<std::size_t>(processes, 1, kProcesses);
  for (std::size_t place = 0; place < count; ++place) processes_[place].AddTo(sum);
  sum.restarts = Read(restarts_);
  return sum;
}

}  // namespace openfc
