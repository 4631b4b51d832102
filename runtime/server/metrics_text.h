#pragma once

#include "runtime/page/metrics_table.h"

#include <cstdint>
#include <string>

namespace openfc {

/// The figures in Prometheus's text format.
std::string MetricsText(const MetricsSum& sum, std::int64_t resident_bytes);

}  // namespace openfc
