#pragma once

#include "runtime/client/fault_post.h"
#include "runtime/page/shared_page.h"

#include <string>

namespace openfc::bootstrap {

/// `error_type=... message="..." stack=[...]`: what an error document says, on one line.
std::string DescribeFault(const std::string& document);

/// Where nobody takes posts, the log gets to know what became of an invocation, and the figures,
/// unless the runtime has counted it itself.
void ReportLoss(const FaultReport& report, SharedPage& page);

}  // namespace openfc::bootstrap
