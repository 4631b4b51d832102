#pragma once

#include "runtime/base/error.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace openfc::http {

class BodyPipe;

/// The body of a request that is read while it comes: what the client sends faster than it is read
/// stays with the client, beyond a bound. Used from any thread, also from several at a time: each
/// piece goes to one of them. May outlive the server.
///
/// Errors are kCancelled when the client went away, or the request was answered, before the end;
/// kProtocol when the body broke HTTP, the limit or the client's time: the server then answers.
class BodySource {
 public:
  /// The pipe is shared with the connection, which fills it.
  explicit BodySource(std::shared_ptr<BodyPipe> pipe) : pipe_(std::move(pipe)) {}
  BodySource(const BodySource&) = delete;
  BodySource& operator=(const BodySource&) = delete;

  /// What is left of the body is dropped when it comes.
  ~BodySource();

  /// Blocks for more; an empty string is the end. Not on the server's thread, which fills it.
  Expected<std::string> Read();

  /// As Read() where it would not block. Otherwise nothing, and `ready` is called once, on the
  /// server's thread, when there is more, the end or an error to have.
  std::optional<Expected<std::string>> TryRead(std::function<void()> ready);

 private:
  const std::shared_ptr<BodyPipe> pipe_;
};

}  // namespace openfc::http
