#pragma once

#include "runtime/base/deadline.h"
#include "runtime/base/error.h"
#include "runtime/base/unique_fd.h"
#include "runtime/client/platform_address.h"

#include <sys/socket.h>

#include <chrono>
#include <cstddef>
#include <span>
#include <string_view>

namespace openfc {

/// How long the platform may be silent where it owes us something; an invocation may take for ever.
struct PlatformPatience {
  std::chrono::milliseconds connect{5'000};
  std::chrono::milliseconds stall{60'000};  // In an answer that has begun, or to a post.
  std::chrono::milliseconds pair{1'000};    // To a poll that was the first to come with a post.
  std::chrono::milliseconds fresh{1};  // A kept connection that rested longer is looked at first.
  std::chrono::milliseconds quick_poll{1};  // Answered faster: work is waiting over there.
};

/// A connection to the platform, over TCP with TCP_NODELAY and keep-alive probes (a long poll says
/// nothing for minutes), or over a Unix socket; no wait without an end but the one for an
/// invocation. One thread's.
class PlatformSocket {
 public:
  explicit PlatformSocket(PlatformPatience patience) : patience_(patience) {}

  bool is_open() const { return socket_.is_open(); }
  int fd() const { return socket_.get(); }
  void Close() { socket_.Reset(); }

  /// Whoever waits for input finds the end, after what has come already.
  void ShutDown() { ::shutdown(socket_.get(), SHUT_RDWR); }

  /// kUnavailable when it cannot be had.
  Status Connect(const PlatformAddress& address);

  /// Whether the other side has closed it, or said something that nobody asked for, since.
  bool IsStale() const;

  /// All of the parts, in one write as far as the kernel takes it.
  Status Send(std::span<const std::string_view> parts);

  /// What Receive() does about silence.
  enum class Silence { kIsAFailure, kIsFine };

  /// Blocks for at least one byte; 0 is the end of the connection.
  Expected<std::size_t> Receive(std::span<char> room, Silence silence);

  /// False when nothing came for so long.
  bool AwaitInput(std::chrono::milliseconds length) const;

 private:
  const PlatformPatience patience_;
  UniqueFd socket_;
};

}  // namespace openfc
