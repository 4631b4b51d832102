#pragma once

#include "lang/python/call_python.h"

#include <utility>

namespace openfc::python {

/// Tells whether the running code is still in the process that made this object, or in one that
/// user code has forked since. Costs no system call.
class ThisProcess {
 public:
  ThisProcess();

  bool WasLeft() const;

 private:
  const unsigned forks_;
};

/// Something that reaches outside, or has locks and threads: of use only in the process that made
/// it. In one that user code has forked since it is not there, and is never ended either, which
/// would be to use the parent's locks as they stood at the fork. Neither copied nor moved.
template <typename T>
class OfThisProcess {
 public:
  explicit OfThisProcess(T value) : kept_(std::move(value)) {}
  ~OfThisProcess() {
    if (!process_.WasLeft()) kept_.value.~T();
  }
  OfThisProcess(const OfThisProcess&) = delete;
  OfThisProcess& operator=(const OfThisProcess&) = delete;

  /// Null in a forked process.
  T* Get() { return process_.WasLeft() ? nullptr : &kept_.value; }

 private:
  /// Its value is ended by hand, or not at all.
  union Kept {
    explicit Kept(T&& kept) : value(std::move(kept)) {}
    ~Kept() {}  // NOLINT(modernize-use-equals-default): that one would be deleted.
    T value;
  };

  const ThisProcess process_;
  Kept kept_;
};

/// Ends a process that user code forked, which came back from it as `called`: it has its parent's
/// connection and invocation, and must neither answer nor poll. `exit_status(exception)` gives the
/// status of one that ended in an exception, `flush()` writes out what was printed.
[[noreturn]] void EndForkedChild(const Called& called, pybind11::handle exit_status,
                                 pybind11::handle flush);

}  // namespace openfc::python
