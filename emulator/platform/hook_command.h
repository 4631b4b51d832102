#pragma once

#include "emulator/instance.h"
#include "emulator/platform/platform_loop.h"
#include "runtime/base/error.h"
#include "runtime/invoke/reply.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

namespace openfc::emulator {

/// Who is told of a hook's command, on the platform's thread.
struct HookCommandListener {
  std::function<void(std::string_view bytes)> when_log;  // As it came.
  std::function<void(Outcome outcome)> when_over;        // Last; it may destroy the command.
};

/// A hook that is a program and not a function: it runs beside its instance, is done when it ends
/// with 0, and is killed with all that it started when it takes too long. The platform thread's.
class HookCommand {
 public:
  /// `options` has the command. `loop` outlives it.
  static Expected<std::unique_ptr<HookCommand>> Start(const InstanceOptions& options,
                                                      std::chrono::seconds timeout,
                                                      PlatformLoop& loop,
                                                      HookCommandListener listener);
  HookCommand(const HookCommand&) = delete;
  HookCommand& operator=(const HookCommand&) = delete;

  pid_t pid() const { return process_->pid(); }

 private:
  HookCommand(std::unique_ptr<Instance> process, std::int64_t memory_mb,
              std::chrono::seconds timeout, PlatformLoop& loop, HookCommandListener listener);
  void ReadLog();
  void OnExit();
  void OnDeadline();

  const std::int64_t memory_mb_;
  const std::chrono::seconds timeout_;
  const HookCommandListener listener_;
  const std::unique_ptr<Instance> process_;
  const UniqueFd log_;
  bool is_late_ = false;
  Alarm deadline_;
  std::unique_ptr<FdWatch> exit_watch_;
  std::unique_ptr<FdWatch> log_watch_;
};

}  // namespace openfc::emulator
