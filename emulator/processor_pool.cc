#include "emulator/processor_pool.h"

#include <algorithm>
#include <utility>

namespace openfc::emulator {

ProcessorLease::ProcessorLease(ProcessorPool& pool, std::vector<int> numbers)
    : pool_(pool), numbers_(std::move(numbers)) {
  for (const int number : numbers_) ++pool_.instances_[number];
}

ProcessorLease::~ProcessorLease() {
  for (const int number : numbers_) --pool_.instances_[number];
}

ProcessorPool::ProcessorPool(std::vector<int> processors) : processors_(std::move(processors)) {
  std::sort(processors_.rbegin(), processors_.rend());
}

std::unique_ptr<ProcessorLease> ProcessorPool::Lease(std::size_t count) {
  std::vector<int> chosen;
  if (count < processors_.size()) {
    chosen = processors_;
    std::stable_sort(chosen.begin(), chosen.end(),
                     [this](int one, int other) { return instances_[one] < instances_[other]; });
    chosen.resize(count);
    std::sort(chosen.begin(), chosen.end());
  }
  return std::unique_ptr<ProcessorLease>(new ProcessorLease(*this, std::move(chosen)));
}

}  // namespace openfc::emulator
