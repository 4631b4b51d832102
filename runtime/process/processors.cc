#include "runtime/process/processors.h"

#include <algorithm>

namespace openfc {
namespace {

bool Has(const cpu_set_t& set, int number) {
  return CPU_ISSET(static_cast<std::size_t>(number), &set);
}

void Add(cpu_set_t& set, int number) { CPU_SET(static_cast<std::size_t>(number), &set); }

std::optional<cpu_set_t> OwnProcessors() {
  cpu_set_t own;
  CPU_ZERO(&own);
  if (::sched_getaffinity(0, sizeof(own), &own) != 0) return std::nullopt;
  return own;
}

}  // namespace

std::vector<int> AllowedProcessors() {
  std::vector<int> numbers;
  const auto own = OwnProcessors();
  for (int number = 0; own && number < CPU_SETSIZE; ++number) {
    if (Has(*own, number)) numbers.push_back(number);
  }
  return numbers;
}

ProcessorPlan PlanProcessors(const ProcessorBounds& bounds) {
  ProcessorPlan plan{.most = bounds.most};
  if (bounds.numbers.empty()) return plan;
  CPU_ZERO(&plan.numbers.emplace());
  for (const int number : bounds.numbers) Add(*plan.numbers, number);
  return plan;
}

cpu_set_t Narrowed(const cpu_set_t& all, std::size_t most, int first) {
  cpu_set_t chosen;
  CPU_ZERO(&chosen);
  std::size_t count = 0;
  for (int step = 0; step < CPU_SETSIZE && count < most; ++step) {
    const int number = (std::max(first, 0) + step) % CPU_SETSIZE;
    if (!Has(all, number)) continue;
    Add(chosen, number);
    ++count;
  }
  return chosen;
}

void StayOnProcessors(const ProcessorPlan& plan) {
  if (!plan.numbers && plan.most == 0) return;
  auto stay = plan.numbers ? plan.numbers : OwnProcessors();
  if (!stay) return;
  const bool is_fewer = plan.most > 0 && plan.most < static_cast<std::size_t>(CPU_COUNT(&*stay));
  if (is_fewer) *stay = Narrowed(*stay, plan.most, ::sched_getcpu());
  if (is_fewer || plan.numbers) (void)::sched_setaffinity(0, sizeof(*stay), &*stay);
}

}  // namespace openfc
