#pragma once

#include <chrono>
#include <optional>

namespace openfc::bootstrap {

/// What a death of the runtime tells about its next start.
struct DeathCircumstances {
  bool has_polled = false;  // It had begun its first `next`.
  bool had_work = false;    // An invocation was in flight.
};

/// How soon a dead runtime is started again, and when no more: five deaths in a row before the
/// first poll (fc-runtime-api.md, section 9). One that dies at its work is started at once; one
/// that polls and dies with nothing to do waits 50 ms, doubling to 2 s, so that it does not spin.
class RestartPace {
 public:
  /// Nothing: give up.
  std::optional<std::chrono::milliseconds> AfterDeath(const DeathCircumstances& death);

  int early_deaths() const { return early_deaths_; }

 private:
  int early_deaths_ = 0;
  int idle_deaths_ = 0;
};

}  // namespace openfc::bootstrap
