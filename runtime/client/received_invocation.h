#pragma once

#include "runtime/base/dialect.h"
#include "runtime/invoke/invocation.h"
#include "runtime/page/shared_page.h"

#include <optional>

namespace openfc {

/// The invocation whose head a dead runtime had received but put into no row; nothing when its
/// bytes hold none, or only a part of its head: then the platform saw a reset and delivers it
/// again. The bytes are a stranger's: the id has been checked, nothing else.
std::optional<Invocation> FindReceivedInvocation(const ReceivedBytes& received,
                                                 Dialect dialect = Dialect::kFc);

}  // namespace openfc
