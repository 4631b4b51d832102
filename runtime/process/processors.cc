#include "runtime/process/processors.h"

#include <algorithm>
#include <optional>

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

cpu_set_t SetOf(const std::vector<int>& numbers) {
  cpu_set_t set;
  CPU_ZERO(&set);
  for (const int number : numbers) Add(set, number);
  return set;
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

void StayOnProcessors(const ProcessorBounds& bounds) {
  const bool are_named = !bounds.numbers.empty();
  if (!are_named && bounds.most == 0) return;
  auto stay = are_named ? std::optional(SetOf(bounds.numbers)) : OwnProcessors();
  if (!stay) return;
  const bool is_fewer =
      bounds.most > 0 && bounds.most < static_cast<std::size_t>(CPU_COUNT(&*stay));
  if (is_fewer) *stay = Narrowed(*stay, bounds.most, ::sched_getcpu());
  if (is_fewer || are_named) (void)::sched_setaffinity(0, sizeof(*stay), &*stay);
}

}  // namespace openfc
