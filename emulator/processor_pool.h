#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <vector>

namespace openfc::emulator {

class ProcessorPool;

/// The processors of one instance, for as long as this lives.
class ProcessorLease {
 public:
  ~ProcessorLease();
  ProcessorLease(const ProcessorLease&) = delete;
  ProcessorLease& operator=(const ProcessorLease&) = delete;

  /// Their numbers, the lowest first. Empty: all that there are.
  const std::vector<int>& numbers() const { return numbers_; }

 private:
  friend class ProcessorPool;
  ProcessorLease(ProcessorPool& pool, std::vector<int> numbers);

  ProcessorPool& pool_;
  const std::vector<int> numbers_;
};

/// Which instance runs where: they are spread over the processors, the last ones first, since
/// interrupts and the rest are mostly on the first. Not only for the functions' sake: left alone,
/// the kernel has fclocal and an instance that it talks to share one processor, while another one
/// idles. One thread's.
class ProcessorPool {
 public:
  /// `processors` are those that may be used.
  explicit ProcessorPool(std::vector<int> processors);
  ProcessorPool(const ProcessorPool&) = delete;
  ProcessorPool& operator=(const ProcessorPool&) = delete;

  /// So many processors for an instance, those with the fewest instances. The pool outlives the
  /// lease.
  std::unique_ptr<ProcessorLease> Lease(std::size_t count);

 private:
  friend class ProcessorLease;

  std::vector<int> processors_;           // The last first.
  std::map<int, std::size_t> instances_;  // On each of them.
};

}  // namespace openfc::emulator
