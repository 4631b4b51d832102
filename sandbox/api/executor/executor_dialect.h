#pragma once

#include "sandbox/service/dialect.h"

#include <memory>

namespace openfc::sandbox {

/// The Python Executor Service in its version 1.0.0 (docs/fcsandbox.md).
std::unique_ptr<Dialect> MakeExecutorDialect(const Ground& ground);

}  // namespace openfc::sandbox
