#pragma once

#include <chrono>

namespace openfc {

// What both of our clients, the runtime's and rloader's, do about the answer to a post
// (fc-runtime-api.md, section 9, 'The platform misbehaves').

/// What a post's answer means.
enum class PostVerdict {
  kAccepted,  // It counts.
  kTooLarge,  // 413: a smaller post may stand in for this one, once.
  kRefused,   // The platform has spoken: the same bytes again are useless.
  kAgain,     // No answer, or one that says that the platform itself failed: the same bytes again.
};

/// `status` is the last that came; 0: none. An interim one (1xx) alone is no answer.
constexpr PostVerdict JudgePost(int status) {
  constexpr int kTooLarge = 413;
  if (status >= 200 && status < 300) return PostVerdict::kAccepted;
  if (status == kTooLarge) return PostVerdict::kTooLarge;
  return status >= 200 && status < 500 ? PostVerdict::kRefused : PostVerdict::kAgain;
}

/// How often the same bytes go again, after the first time: each on a new connection, after the
/// next pause of a Backoff of its own.
inline constexpr int kPostRepeats = 3;

}  // namespace openfc
