#pragma once

#include "runtime/client/answer_parser.h"
#include "runtime/client/http_exchange.h"
#include "runtime/client/interrupt.h"
#include "runtime/client/platform_route.h"
#include "runtime/client/platform_socket.h"
#include "runtime/page/receive_buffer.h"

#include <chrono>
#include <memory>
#include <string>

namespace openfc {

/// HttpExchange over a connection of our own: what comes is received straight into a ReceiveBuffer,
/// and a post and the next poll go out in one write: one wake-up on either side in place of two.
///
/// Such a pair is sent once the platform is known to serve pairs. Until then it is tried when polls
/// were answered at once, so that the next one's silence means something: after a second of it the
/// poll goes out again over a new connection.
///
/// A poll over a kept connection that was closed without a byte goes out again at once, over a new
/// one: nobody has promised that a connection stays open.
class PlatformConnection final : public HttpExchange {
 public:
  /// `route` and `interrupt` must outlive it; triggered, the interrupt ends a Poll() that waits.
  PlatformConnection(PlatformRoute& route, Interrupt& interrupt, ReceiveBuffer buffer,
                     PlatformPatience patience = {});

  Expected<HttpAnswer> Poll(const OnHead& on_head) override;
  Expected<HttpAnswer> Post(const HttpPost& post, Then then) override;
  bool CanBeginPair() override;
  void BeginPair(const HttpPost& post) override;
  Expected<HttpAnswer> FinishPost() override;
  Deadline answer_due() const override { return answer_due_; }
  void EndWait() override { socket_.ShutDown(); }
  bool HasInput() const override { return !buffer_.unread().empty(); }
  bool AwaitElsewhere() override;
  bool HasPollOut() const override { return has_poll_out_; }
  bool IsPollDoubtful() override;
  Status BeginPoll() override;
  int socket() const override { return socket_.fd(); }
  void Drop() override;

 private:
  using Clock = std::chrono::steady_clock;
  using Silence = PlatformSocket::Silence;

  Status Open();
  Expected<HttpAnswer> PollOnce(const OnHead& on_head);
  Status SendPoll();
  bool WouldPair() const;
  bool MayLosePoll() const;
  void SendPost(const HttpPost& post, bool is_pair);
  Expected<HttpAnswer> FinishSentPost();

  Expected<HttpAnswer> ReadPollAnswer(const OnHead& on_head);
  Expected<HttpAnswer> ReadPostAnswer();
  /// The head stays in the buffer, so that rloader finds it there: its length is returned.
  Expected<std::size_t> ReadHead(AnswerParser& answer, Silence silence);
  Status ReadBody(AnswerParser& answer);
  Status ReadBodyInPlace(AnswerParser& answer);
  Status ReceiveMore(Silence silence);

  PlatformRoute& route_;
  const Interrupt& interrupt_;
  Interrupt::Watch watch_;
  const PlatformPatience patience_;
  ReceiveBuffer buffer_;
  PlatformSocket socket_;
  Clock::time_point last_use_;
  Status sent_ = Ok();   // What became of sending the last post.
  Deadline answer_due_;  // Of a post that BeginPair() sent.
  bool has_poll_out_ = false;
  bool is_pair_out_ = false;     // That poll went out along with a post.
  bool is_doubted_ = false;      // Another one is out elsewhere: it is not to be sent again.
  bool was_silent_ = false;      // The last poll got not a byte.
  bool was_poll_quick_ = false;  // The last one was: work is waiting over there.
};

}  // namespace openfc
