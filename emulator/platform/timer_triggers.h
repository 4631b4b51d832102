#pragma once

#include "emulator/platform/async_door.h"
#include "emulator/platform/function_table.h"
#include "emulator/platform/platform_loop.h"
#include "emulator/schedule/schedule.h"
#include "runtime/base/error.h"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace openfc::emulator {

/// Whether all of a function's timers can be understood; kInvalidArgument with a sentence
/// otherwise.
Status CheckTimers(const FunctionDefinition& function);

/// What a function that a timer has fired is called with: triggerTime, triggerName, payload.
std::string TimerEvent(const TimerTrigger& timer, std::chrono::system_clock::time_point time);

/// Fires the timer triggers of functions, each as an asynchronous invocation. Times that passed
/// while this process slept are made up for once. On the platform's thread.
class TimerTriggers {
 public:
  using Clock = std::chrono::system_clock;

  /// All outlive it.
  TimerTriggers(PlatformLoop& loop, AsyncSink& async)
      : async_(async), alarm_(loop, [this] { FireDue(); }) {}
  TimerTriggers(const TimerTriggers&) = delete;
  TimerTriggers& operator=(const TimerTriggers&) = delete;

  /// From now on the enabled timers of this function fire.
  void Add(FunctionPool& pool);

  /// They do not any more.
  void Remove(const FunctionPool& pool);

  void Stop() { alarm_.Clear(); }

  /// When it does next; nothing for one that is disabled, or never does.
  std::optional<Clock::time_point> NextFiring(const FunctionDefinition& function,
                                              const TimerTrigger& timer) const;

 private:
  struct Entry {
    FunctionPool* pool;  // Both outlive it.
    const TimerTrigger* timer;
    Schedule schedule;
    std::optional<Clock::time_point> next;
  };

  void FireDue();
  void Fire(const Entry& entry);
  void SetAlarm();

  AsyncSink& async_;
  std::vector<Entry> entries_;
  Alarm alarm_;
};

}  // namespace openfc::emulator
