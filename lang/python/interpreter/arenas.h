#pragma once

namespace openfc::python {

/// Has Python take the memory of small objects from regions into which whole huge pages fit, so
/// that madvise(2) can gather it into them. Before Interpreter::Start(), once in a process.
void UseHugePageArenas();

}  // namespace openfc::python
