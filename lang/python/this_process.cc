#include "lang/python/this_process.h"

#include <pthread.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>

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

void EndForkedChild(const Called& called, pybind11::handle exit_status, pybind11::handle flush) {
  int status = 0;
  if (called.Raised()) {
    const Called asked = CallPython(exit_status, called.exception);
    status = asked.Raised() ? 1 : asked.result.cast<int>();
  }
  (void)CallPython(flush);
  (void)std::fflush(stdout);
  ::_exit(status);
}

}  // namespace openfc::python
