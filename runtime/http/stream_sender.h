#pragma once

#include "runtime/http/answer_stream.h"
#include "runtime/http/outbox.h"
#include "runtime/http/response.h"

#include <memory>
#include <string>

namespace openfc::http {

/// The connection's end of a begun answer: frames what its producer puts in the stream.
class StreamSender {
 public:
  StreamSender(std::shared_ptr<AnswerStream> stream, Framing framing)
      : stream_(std::move(stream)), framing_(framing) {}
  StreamSender(const StreamSender&) = delete;
  StreamSender& operator=(const StreamSender&) = delete;
  /// The producer is told that nobody takes what it still has.
  ~StreamSender() { stream_->MarkGone(); }

  /// Moves what there is to the outbox; kComplete once, with the end of the body.
  AnswerStream::End Pump(Outbox& outbox);

  /// After a write: how much of the outbox is left.
  void Report(const Outbox& outbox) { stream_->SetUnsent(outbox.bytes()); }

  /// Whether only the end of the connection tells the client that the answer is complete.
  bool EndsWithConnection() const { return framing_.kind == Framing::Kind::kToClose; }

 private:
  void Frame(std::string bytes, Outbox& outbox);

  const std::shared_ptr<AnswerStream> stream_;
  Framing framing_;  // Its length is what is left of it.
};

}  // namespace openfc::http
