#pragma once

#include "runtime/base/deadline.h"
#include "runtime/base/unique_fd.h"
#include "runtime/client/backoff.h"
#include "runtime/client/platform_address.h"

#include <poll.h>

#include <cstddef>
#include <optional>
#include <string>

namespace openfc {

/// An error document on its way to the platform.
struct FaultReport {
  std::string path;             // wire::ErrorPath() or wire::kInitErrorPath.
  std::string document;         // JSON.
  std::string request_id;       // For the log; empty: the instance itself.
  std::string error_type = {};  // For AWS's header; empty: FC has none.
};

/// One POST that never waits: a state machine for a poll loop. What an answer means, and how often
/// the same bytes go again, is post_policy.h's; its deadline ends it, too. How it ended is logged.
class FaultPost {
 public:
  /// `address` must outlive the post.
  FaultPost(const PlatformAddress& address, const FaultReport& report, Deadline give_up);
  FaultPost(const FaultPost&) = delete;
  FaultPost& operator=(const FaultPost&) = delete;

  /// Does what can be done without waiting. True when the post is over, whatever came of it.
  bool Advance();

  /// What it waits for, beside NextLook().
  std::optional<pollfd> Awaited() const;

  /// When Advance() has something to do even if nothing arrives.
  Deadline NextLook() const;

 private:
  enum class State { kPausing, kSending, kReading, kDone };

  // Each takes one step; false: not possible now.
  bool Step();
  bool Connect();
  bool Send();
  bool Read();

  void ReadHead();
  void DropInterimAnswers();
  void FailAttempt(const std::string& cause);
  void Finish();
  void GiveUp(const std::string& cause);

  const PlatformAddress& address_;
  const std::string path_;
  const std::string request_id_;
  const std::string bytes_;  // The whole request.
  const Deadline give_up_;

  State state_ = State::kPausing;
  Backoff backoff_;
  Deadline resume_;  // The end of the pause.
  int attempts_ = 0;
  UniqueFd socket_;
  std::size_t sent_ = 0;
  std::string head_;  // Of the answer, so far.
  int status_ = 0;    // 0: no status line yet.
};

}  // namespace openfc
