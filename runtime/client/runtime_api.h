#pragma once

#include "runtime/base/deadline.h"
#include "runtime/base/error.h"
#include "runtime/invoke/invocation.h"
#include "runtime/invoke/reply.h"

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace openfc {

/// An invocation to be run, and where it stands in the shared page.
struct Work {
  std::unique_ptr<Invocation> invocation;  // Large: it is made once, where its head is read.
  std::size_t row = 0;
};

/// What is posted for one that was run.
struct Answer {
  std::string request_id;
  std::size_t row = 0;
  Outcome outcome;
};

/// The platform, as one thread of the runtime sees it: work to fetch, answers to give.
///
/// An answer that cannot be delivered is lost: refused by the platform, or the platform could not
/// be reached, or rloader has taken the answer over. That is logged here; the caller goes on.
class RuntimeApi {
 public:
  virtual ~RuntimeApi() = default;

  /// Blocks until there is an invocation. kCancelled once the instance is to stop; kProtocol when
  /// the platform refused for good (exit 70). Every other misbehaviour is outlasted inside
  /// (fc-runtime-api.md, section 9).
  virtual Expected<Work> Next() = 0;

  /// Answers an invocation that some thread's Next() gave; once.
  virtual void Post(Answer answer) = 0;

  /// Post(), then Next(), as one exchange where that can be done. `when_posted` is called in
  /// between, whatever came of the post.
  virtual Expected<Work> PostAndNext(Answer answer, const std::function<void()>& when_posted) = 0;

  // Without waiting, for a thread that looks after several of these. Until overridden: that cannot
  // be done.

  /// As the first half of PostAndNext(): sends the answer, and takes it. From then on the
  /// invocation is waited for by `socket()` and TryNext(). False: nothing was done, and `answer` is
  /// untouched.
  virtual bool BeginPostAndNext(Answer& /*answer*/) { return false; }

  /// To be called when socket() is readable. Nothing: what came was not an invocation yet.
  /// Otherwise as Next(), and it may wait as that does, when what came is not whole or the platform
  /// misbehaves.
  virtual std::optional<Expected<Work>> TryNext(const std::function<void()>& /*when_posted*/) {
    return Next();
  }

  /// Readable when there is something for TryNext(), also once the instance is to stop. Another one
  /// after each of its calls, perhaps. Borrowed.
  virtual int socket() const { return -1; }

  /// Until when socket() may stay silent: while an answer that was sent is not acknowledged, not
  /// for ever. Then EndWait() is to be called.
  virtual Deadline silence_end() const { return Deadline::Never(); }

  /// Makes socket() readable, for TryNext() to find out what is missing. From any thread, while no
  /// other uses the object.
  virtual void EndWait() {}

  /// The handler ends this invocation at its deadline itself: rloader gives it some time for that.
  virtual void LeaveDeadlineToHandler(std::size_t row) = 0;

  /// Says that this runtime cannot serve at all. `failure.document` is the error JSON.
  virtual Status PostInitError(Failure failure) = 0;
};

/// Makes one for the calling thread; thread-safe.
using OpenRuntimeApi = std::function<std::unique_ptr<RuntimeApi>()>;

}  // namespace openfc
