#pragma once

#include "runtime/http/responder.h"

namespace openfc::sandbox {

/// The same right to answer; whatever is answered has `headers` as well.
http::Responder DressAnswers(http::Responder responder, http::HeaderList headers);

}  // namespace openfc::sandbox
