#pragma once

#include "runtime/dispatch/invocation_log.h"
#include "runtime/invoke/handler.h"

#include <functional>
#include <utility>

namespace openfc {

/// Where both doors end: takes an invocation and the right to answer it, calls the handler behind
/// the fence, and writes the log lines around it. The End line is written before the answer is
/// sent.
///
/// At one invocation at a time, which is all it does yet, Submit() calls the handler in the
/// caller's own thread: no hand-over, and `signal`, `fork` and thread-local state behave in it as
/// under plain `python3` (fc-runtime-api.md, section 7).
class Dispatcher {
 public:
  /// Looks at each whole answer before it is logged and sent, and may put another in its place: a
  /// result over the limit becomes a Failure.
  using Review = std::function<void(Outcome&)>;

  /// `handler` must outlive the dispatcher.
  Dispatcher(
      Handler& handler, InvocationLog log, Review review = [](Outcome&) {})
      : handler_(handler), log_(log), review_(std::move(review)) {}

  /// Returns when the handler has; the answer may still come later, through the Reply.
  void Submit(Invocation&& invocation, Reply reply);

  /// The handler's.
  LanguageLock* language_lock() const { return handler_.language_lock(); }

 private:
  Handler& handler_;
  const InvocationLog log_;
  const Review review_;
};

}  // namespace openfc
