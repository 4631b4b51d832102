#pragma once

#include "runtime/invoke/invocation.h"
#include "runtime/invoke/language_lock.h"
#include "runtime/invoke/reply.h"

namespace openfc {

/// The one seam that a language implements.
///
/// Handle() is called for every Invocation::type, from as many threads at once as the instance's
/// concurrency allows. A synchronous handler answers through `reply` before it returns; an
/// asynchronous one keeps `reply` and answers later. What it throws is answered by CallHandler.
class Handler {
 public:
  virtual ~Handler() = default;
  virtual void Handle(Invocation invocation, Reply reply) = 0;

  /// As long as the handler; null: its threads need none, or none is to be held between calls.
  virtual LanguageLock* language_lock() { return nullptr; }
};

}  // namespace openfc
