#pragma once

#include "runtime/base/error.h"

#include <functional>
#include <memory>
#include <string_view>

namespace openfc::http {

class AnswerStream;

/// The body of an answer that is sent as it is produced: each chunk leaves at once, and what the
/// client does not take piles up to a bound. Destroyed before Finish(), it cuts the answer off, so
/// that the client can tell. Used from any thread, also from several at a time: whoever has to wait
/// is told. May outlive the server.
///
/// The body of an answer to HEAD, or of a status that has none, is dropped; what exceeds a
/// Content-Length too, and what falls short of one is cut off.
class AnswerWriter {
 public:
  /// The stream is shared with the connection, which empties it.
  explicit AnswerWriter(std::shared_ptr<AnswerStream> stream) : stream_(std::move(stream)) {}
  AnswerWriter(const AnswerWriter&) = delete;
  AnswerWriter& operator=(const AnswerWriter&) = delete;
  ~AnswerWriter();

  /// Blocks while the client is slow; kCancelled when it went away. Not on the server's thread.
  Status Write(std::string_view chunk);

  /// Takes the chunk whole, and says whether the next one is welcome at once. When not, `ready` is
  /// called once, on the server's thread, when it is, and also when the client went away.
  Expected<bool> TryWrite(std::string_view chunk, std::function<void()> ready);

  /// The body is complete. kCancelled when the client went away.
  Status Finish();

 private:
  const std::shared_ptr<AnswerStream> stream_;
};

}  // namespace openfc::http
