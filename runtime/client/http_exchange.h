#pragma once

#include "runtime/base/deadline.h"
#include "runtime/base/error.h"
#include "runtime/wire/invocation_headers.h"

#include <functional>
#include <string>
#include <string_view>

namespace openfc {

/// One answer of the platform.
struct HttpAnswer {
  int status = 0;
  std::string body;           // Of a poll; what a post was answered beyond its status is dropped.
  bool is_truncated = false;  // The connection ended before the body did; `body` holds what came.
};

/// Called as soon as an answer's head has been read, before its body.
using OnHead = std::function<void(int status, const wire::HeaderLookup& headers)>;

/// What is posted; borrowed for as long as the post takes.
struct HttpPost {
  std::string_view path;
  std::string_view content_type;
  wire::HeaderList headers;
  std::string_view body;
};

/// A connection to the platform, over which one request goes at a time, or a post and the next poll
/// behind it. It is kept between requests, and made anew when it was dropped or the platform closed
/// it. Not thread-safe.
///
/// An exchange whose status line never came is kUnavailable, whatever the reason; kCancelled when a
/// poll was ended by the interrupt.
class HttpExchange {
 public:
  virtual ~HttpExchange() = default;

  /// Polls, and waits for the head as long as it takes. A poll that was sent along with a post is
  /// not sent again, unless its connection is gone.
  virtual Expected<HttpAnswer> Poll(const OnHead& on_head) = 0;

  /// `polls` as a wish: the poll goes out in the same write where the platform is known to take
  /// that. Returns with the post's own answer.
  enum class Then { kNothing, kPoll };
  virtual Expected<HttpAnswer> Post(const HttpPost& post, Then then) = 0;

  /// Whether BeginPair() may be called: the platform is known to take pairs, and the connection is
  /// there. Until overridden: never.
  virtual bool CanBeginPair() { return false; }

  /// Sends the post and the next poll in one write, and does not wait. What fails shows in
  /// FinishPost(), which reads the post's own answer and comes next. `post` is not used afterwards.
  virtual void BeginPair(const HttpPost& /*post*/) {}
  virtual Expected<HttpAnswer> FinishPost() {
    return Error{ErrorCode::kInvalidArgument, "no pair was begun"};
  }

  /// Something of the next answer was received already: socket() may stay silent about it.
  virtual bool HasInput() const { return false; }

  /// Until when the answer to the post of a pair may take, from BeginPair() to FinishPost(): then
  /// EndWait() is to be called.
  virtual Deadline answer_due() const { return Deadline::Never(); }

  /// Makes socket() readable: what has not come is given up. From any thread, while no other uses
  /// the object.
  virtual void EndWait() {}

  /// Nobody is in Poll() while the answer is waited for by socket(): the interrupt makes that
  /// readable too. False: the poll may have been lost, and Poll() has to look after it.
  virtual bool AwaitElsewhere() { return true; }

  /// Whether a poll went out and has no answer yet.
  virtual bool HasPollOut() const = 0;

  /// Whether the platform may have lost the poll that went out along with a post: it was the first
  /// of its kind, and nothing has come of it. Takes a while to say yes.
  virtual bool IsPollDoubtful() = 0;

  /// Sends a poll, unless one is out, and does not wait: Poll() is to read the answer.
  virtual Status BeginPoll() = 0;

  /// Readable when the answer of the poll that is out comes; borrowed.
  virtual int socket() const = 0;

  /// The next request goes over a new connection; a poll that is out is given up.
  virtual void Drop() = 0;
};

}  // namespace openfc
