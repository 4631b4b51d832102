#pragma once

#include "runtime/base/unique_fd.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace openfc::bench {

/// A request as it lies in the buffer of its connection; gone with the next call on that.
struct RequestView {
  std::string_view line;  // The first: method, path, version.
  std::string_view body;
};

/// One connection of the cheap platform: requests in, bytes out, both without a copy that could be
/// spared. Nothing blocks.
class Wire {
 public:
  explicit Wire(UniqueFd socket) : socket_(std::move(socket)) {}

  int fd() const { return socket_.get(); }

  /// What has come. False: the peer is gone.
  bool Receive();

  /// The request at the front of what came. False: it is not all there.
  bool Peek(RequestView& request);
  /// Takes that request away.
  void Drop();

  /// Queues bytes; `tail`, which must live until they are sent, goes after `head`. Nothing may be
  /// queued while a tail waits.
  void Queue(std::string_view head, std::string_view tail = {});
  /// Sends what the socket takes. False: the peer is gone.
  bool Flush();
  bool HasOutput() const { return !output_.empty() || !tail_.empty(); }

 private:
  UniqueFd socket_;
  std::string input_;
  std::size_t head_ = 0;    // Lengths of the request at the front; 0: not known yet.
  std::size_t length_ = 0;  // With its body.
  std::string output_;
  std::string_view tail_;
};

}  // namespace openfc::bench
