#pragma once

#include "runtime/base/dialect.h"
#include "runtime/invoke/reply.h"
#include "runtime/wire/invocation_headers.h"

#include <string>
#include <string_view>

namespace openfc::wire {

/// One post to the Runtime API, but for what every request carries.
struct OutcomePost {
  std::string path;
  HeaderList headers;
  std::string_view content_type;  // Borrows from the outcome, as does the body.
  std::string_view body;
};

/// How the answer to one invocation is posted. `outcome` must outlive the result; `request_id` must
/// be a valid one.
OutcomePost PostOf(const Outcome& outcome, std::string_view request_id,
                   Dialect dialect = Dialect::kFc);

/// How init/error is posted; `failure` must outlive the result.
OutcomePost InitErrorPostOf(const Failure& failure, Dialect dialect = Dialect::kFc);

}  // namespace openfc::wire
