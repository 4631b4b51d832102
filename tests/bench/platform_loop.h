#pragma once

#include "runtime/base/unique_fd.h"
#include "tests/bench/figures.h"

#include <cstddef>
#include <cstdint>
#include <list>
#include <string>
#include <string_view>

namespace openfc::bench {

/// The platform of one runtime, as cheap as it can be: epoll on raw sockets, answers made ahead, no
/// thread of its own. It serves only inside of its two blocking functions; between them the runtime
/// waits in its poll.
class PlatformLoop {
 public:
  /// Throws when the system has no socket.
  explicit PlatformLoop(std::string_view event);

  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

  /// Until the first poll has come. Throws after 30 s.
  void AwaitPoll();

  /// Hands out `count` invocations, one at a time, and answers their posts; the runtime has polled
  /// again when it returns. `cpu` is left to the caller. Throws when the runtime falls silent.
  Round Run(std::size_t count);

 private:
  using Clock = std::chrono::steady_clock;
  struct Connection {
    UniqueFd socket;
    std::string input;
    std::string output;
    bool is_over = false;
  };

  void ServeOnce();
  void AcceptAll();
  void Serve(Connection& connection);
  bool TakeRequest(Connection& connection);
  void HandOut();

  const std::string invocation_;
  UniqueFd listener_;
  UniqueFd epoll_;
  std::uint16_t port_ = 0;
  std::list<Connection> connections_;
  Connection* polling_ = nullptr;  // Has asked for an invocation and got none yet.
  std::size_t to_hand_out_ = 0;
  Clock::time_point handed_out_;
  Round round_;
};

}  // namespace openfc::bench
