#pragma once

#include "runtime/base/unique_fd.h"
#include "tests/bench/dialect.h"
#include "tests/bench/figures.h"
#include "tests/bench/wire.h"

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <list>
#include <string>
#include <string_view>
#include <vector>

namespace openfc::bench {

/// What a platform hands out, again and again. A right answer is the event itself.
struct Workload {
  Dialect dialect = Dialect::kFc;
  std::string handler = "index.handler";
  std::string event = "{\"key\": \"value 123\"}";  // 20 bytes.
  std::size_t window = 1;                          // Invocations in flight, at most.
};

/// How much to hand out: `count` invocations, or fewer when `limit` has passed before the last.
struct Amount {
  std::size_t count = 0;
  Nanoseconds limit = std::chrono::hours(1);
};

/// The platform of one runtime, as cheap as it can be: epoll on raw sockets, answers made ahead, no
/// thread of its own. Any number of connections may poll; pipelined requests are answered in turn.
/// It serves only inside of its two blocking functions; between them the runtime waits in its poll.
/// Both throw when the runtime falls silent or ends.
class PlatformLoop {
 public:
  explicit PlatformLoop(Workload workload);

  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

  /// From now on its end is noticed. `process` is a child of ours.
  void WatchProcess(pid_t process);

  /// Until so many polls wait at once.
  void AwaitPolls(std::size_t count);

  /// Hands out invocations, a window at a time, and answers their posts; somebody polls again when
  /// it returns. `cpu` is left to the caller.
  Round Run(const Amount& amount);

 private:
  using Clock = std::chrono::steady_clock;
  struct Connection {
    Wire wire;
    bool is_polling = false;
    bool is_over = false;
    bool awaits_room = false;
  };

  void Watch(int fd, void* owner) const;
  void ServeOnce();
  void AcceptAll();
  void Serve(Connection& connection);
  void TakeRequests(Connection& connection);
  void TakePost(const RequestView& post);
  void HandOut();
  void HandOutTo(Connection& connection);
  void Flush(Connection& connection) const;
  void Forget(Connection& connection);

  const Workload workload_;
  const InvocationHead head_;
  UniqueFd listener_;
  UniqueFd epoll_;
  UniqueFd process_;
  std::uint16_t port_ = 0;
  std::list<Connection> connections_;
  std::deque<Connection*> polling_;  // Have asked for an invocation and got none yet.
  std::size_t to_hand_out_ = 0;
  std::size_t in_flight_ = 0;
  std::vector<Clock::time_point> handed_out_;  // By number; of this round.
  std::size_t first_number_ = 0;               // Of this round.
  Round round_;
};

}  // namespace openfc::bench
