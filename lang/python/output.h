#pragma once

#include <pybind11/pybind11.h>

namespace openfc::python {

/// Writes out, at an invocation's end, what it printed. Python's part is asked only where it can
/// have kept anything: as a rule both streams write through, and whole lines have gone out already.
/// Used, and dropped, under the GIL, which a flush may let others have.
class Output {
 public:
  /// `flush` is that of py/streams.py, and `begun` the set of the lines there that somebody has
  /// begun. Made before any user code runs, in place of what sys.stdout and sys.stderr are by then.
  Output(pybind11::object flush, pybind11::object begun);

  void Flush() const;

  /// Python's own way, unconditionally.
  const pybind11::object& flush() const { return flush_; }

 private:
  bool MayHoldSomething() const;
  bool WritesThrough(const pybind11::str& name, const pybind11::object& original) const;

  const pybind11::object flush_;
  const pybind11::object begun_;
  const pybind11::dict sys_;  // The module's names.
  // Names are made once: looking one up in plain text costs more than all the rest.
  const pybind11::str stdout_name_{"stdout"};
  const pybind11::str stderr_name_{"stderr"};
  const pybind11::str write_through_{"write_through"};
  const pybind11::object stdout_;
  const pybind11::object stderr_;
};

}  // namespace openfc::python
