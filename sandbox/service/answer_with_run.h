#pragma once

#include "sandbox/service/dialect.h"

#include <functional>

namespace openfc::sandbox {

/// What a run's end is told as; called by one of the workers, so it may take its time.
using RunRenderer = std::function<http::Response(const RunOutcome&)>;

/// Runs it, and answers with what `render` makes of its end. A client that goes away cancels the
/// run. One that cannot be taken is refused in the words of `dialect`, which outlives the run.
void AnswerWithRun(const Ground& ground, const Dialect& dialect, RunRequest request,
                   http::Responder responder, const RunRenderer& render);

/// How a run that was not taken is told.
http::Response RefusalOf(const Error& error, const Dialect& dialect);

}  // namespace openfc::sandbox
