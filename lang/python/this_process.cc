#include "lang/python/this_process.h"

#include <pthread.h>

#include <atomic>

namespace openfc::python {
namespace {

// How many forks lie between the first process and this one.
std::atomic<unsigned> forks = 0;

void CountFork() { ++forks; }

unsigned CountForks() {
  static const int registered = ::pthread_atfork(nullptr, nullptr, CountFork);
  (void)registered;
  return forks;
}

}  // namespace

ThisProcess::ThisProcess() : forks_(CountForks()) {}

bool ThisProcess::WasLeft() const { return forks != forks_; }

}  // namespace openfc::python
