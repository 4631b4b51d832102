#pragma once

#include "runtime/base/error.h"
#include "runtime/invoke/invocation.h"

#include <string>

namespace openfc::python {

/// An event function gets its event whole, whatever door it comes through: takes it out of
/// `invocation`. What the reader says when the event cannot be read to its end.
Expected<std::string> WholeBody(Invocation& invocation);

}  // namespace openfc::python
