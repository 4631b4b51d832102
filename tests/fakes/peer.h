#pragma once

#include "runtime/base/unique_fd.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <thread>

namespace openfc::testing {

/// The other end of TCP connections, which does exactly what its script says, step by step, in a
/// thread of its own: for what a server of good manners never does. When the script ends, so do the
/// connection and the listener; a step that waits longer than kLimit ends it too.
class Peer {
 public:
  explicit Peer(std::function<void(Peer&)> script);
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;
  ~Peer() = default;

  std::uint16_t port() const { return port_; }
  /// Blocks until the script has ended.
  void AwaitScript() { thread_.join(); }

  // For the script; all but Accept() are about the connection that was accepted last.

  /// The one before it is closed.
  void Accept();
  /// One request, head and body; further ones stay for the next call. What came when it never gets
  /// whole.
  std::string ReadRequest();
  /// More has been read already, along with the last request.
  bool HasUnread() const { return !unread_.empty(); }
  void Send(std::string_view bytes);
  /// True when the other side has closed.
  bool AwaitEnd();
  /// False when it said nothing, and did not close, for so long.
  bool AwaitEndFor(std::chrono::milliseconds length) const;
  void Close() { connection_.Reset(); }
  void Reset();

 private:
  bool ReadMore();

  UniqueFd listener_;
  std::uint16_t port_ = 0;
  UniqueFd connection_;
  std::string unread_;
  std::jthread thread_;  // Last: ends before what it uses goes.
};

}  // namespace openfc::testing
