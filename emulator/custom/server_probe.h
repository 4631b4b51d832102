#pragma once

#include "emulator/custom/network_namespace.h"
#include "emulator/function_definition.h"
#include "runtime/base/mutex.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

namespace openfc::emulator {

/// What a probe found out. Called on the probe's thread.
struct ProbeListener {
  /// It takes connections, there; and is well, where that is asked. `is_reachable` is false when
  /// it listens on the loopback address alone, where the platform would not reach it. Once.
  std::function<void(std::string host, bool is_reachable)> when_ready;

  /// It was well once, and is not any more. Once, the last call.
  std::function<void(std::string reason)> when_unwell;
};

/// Looks for a custom runtime's web server until it takes connections (every 10 ms), and, where a
/// health check is configured, is well; then looks on in the check's period.
class ServerProbe {
 public:
  /// `network` (null: our own) outlives it.
  ServerProbe(std::uint16_t port, const NetworkNamespace* network,
              std::optional<HealthCheck> health, ProbeListener listener);
  ~ServerProbe();
  ServerProbe(const ServerProbe&) = delete;
  ServerProbe& operator=(const ServerProbe&) = delete;

  /// The server stands still, and cannot be well; and goes on.
  void Pause() EXCLUDES_LOCK(mutex_);
  void Resume() EXCLUDES_LOCK(mutex_);

 private:
  void Watch(const std::stop_token& stop);
  std::optional<std::string> FindHost(const std::stop_token& stop);
  bool AwaitWell(const std::string& host, const std::stop_token& stop);
  void LookOn(const std::string& host, const std::stop_token& stop);
  bool IsWell(const std::string& host) const;
  bool Rest(std::chrono::milliseconds time, const std::stop_token& stop) EXCLUDES_LOCK(mutex_);
  bool IsPaused() EXCLUDES_LOCK(mutex_);

  const std::uint16_t port_;
  const NetworkNamespace* const network_;
  const std::optional<HealthCheck> health_;
  const ProbeListener listener_;
  bool is_reachable_ = false;
  Mutex mutex_;
  CondVar changed_;
  bool is_paused_ GUARDED_BY(mutex_) = false;
  std::jthread thread_;  // Last: ends before the above.
};

}  // namespace openfc::emulator
