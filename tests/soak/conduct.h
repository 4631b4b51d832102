#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>

namespace openfc::soak {

/// What the platform does with one request.
struct Move {
  /// kSilent: the connection stays, and nothing more that comes over it is dealt with. Who does not
  /// answer a post must not answer the poll behind it either.
  enum class End { kKeep, kSilent, kClose, kReset };

  std::string bytes = {};
  std::chrono::milliseconds delay{0};  // Before the first of them.
  bool in_single_bytes = false;
  std::chrono::milliseconds pause{0};  // After the last of them.
  std::function<void()> then = {};     // After the pause, before the end.
  End end = End::kKeep;
  std::chrono::milliseconds refuse_for{0};  // From then on, whoever connects is refused.
};

struct Post {
  std::string id;
  bool is_error = false;
  std::string body;
};

/// Who decides what a HostilePlatform does: one for each kind of trouble. Called from the thread of
/// HostilePlatform::Run() alone.
class Conduct {
 public:
  Conduct() = default;
  Conduct(const Conduct&) = delete;
  Conduct& operator=(const Conduct&) = delete;
  virtual ~Conduct() = default;

  /// Nothing: the poll hangs for good.
  virtual std::optional<Move> OnPoll(std::size_t connection) = 0;
  /// Only the head of a post is there. A move is made at once, and the rest is never read.
  virtual std::optional<Move> OnPostHead(const std::string& id) = 0;
  virtual Move OnPost(const Post& post) = 0;
  /// The handler began to work on that invocation in that process.
  virtual void OnRun(const std::string& id, pid_t process) = 0;
  /// The runtime's side closed the connection or died.
  virtual void OnConnectionEnd(std::size_t connection, bool was_reset) = 0;
  virtual bool IsDone() const = 0;
};

}  // namespace openfc::soak
