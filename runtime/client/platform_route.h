#pragma once

#include "runtime/base/dialect.h"
#include "runtime/base/error.h"
#include "runtime/client/http_exchange.h"
#include "runtime/client/platform_address.h"

#include <atomic>
#include <string>

namespace openfc {

/// Where the connections of a process go, and what they have learned of the platform. Thread-safe.
class PlatformRoute {
 public:
  explicit PlatformRoute(ApiAddress api, Dialect dialect = Dialect::kFc);

  /// Looks the host up anew, since it may have moved; an address in numbers takes no time.
  /// kUnavailable when it has no address now.
  Expected<PlatformAddress> Resolve() const;

  /// The bytes of a poll, and of a post up to its body.
  const std::string& poll_request() const { return poll_request_; }
  std::string PostHead(const HttpPost& post) const;

  /// Whether the platform serves a poll that came in one write with a post. HTTP/1.1 wants that of
  /// every server, yet there are some that lose the second request.
  enum class Pairs { kUntried, kWork, kFail };
  Pairs pairs() const { return pairs_.load(); }
  void PairWorked() {
    pairs_.store(Pairs::kWork);
    if (failed_pairs_.load() != 0) failed_pairs_.store(0);
  }
  /// A few of these in a row, and none is tried any more.
  void PairFailed();

 private:
  const ApiAddress api_;
  const std::string common_head_;  // The headers of every request.
  const std::string poll_request_;
  std::atomic<Pairs> pairs_{Pairs::kUntried};
  std::atomic<int> failed_pairs_{0};
};

}  // namespace openfc
