#include "emulator/platform/timer_triggers.h"

#include "emulator/request_id.h"
#include "runtime/base/deadline.h"
#include "runtime/base/log.h"

#include <nlohmann/json.hpp>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <ctime>
#include <utility>

namespace openfc::emulator {
namespace {

/// Clocks are set, and machines sleep: the time is looked at again after so long.
constexpr std::chrono::seconds kMostPatience{30};

std::string IsoTime(std::chrono::system_clock::time_point time) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", parts.tm_year + 1900, parts.tm_mon + 1,
                     parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
}

}  // namespace

Status CheckTimers(const FunctionDefinition& function) {
  for (const TimerTrigger& timer : function.timers) {
    const auto schedule = Schedule::Parse(timer.expression);
    if (schedule) continue;
    return Error{ErrorCode::kInvalidArgument, "the timer " + timer.name + " of " + function.name +
                                                  ": " + schedule.error().message};
  }
  return Ok();
}

std::string TimerEvent(const TimerTrigger& timer, std::chrono::system_clock::time_point time) {
  const nlohmann::ordered_json event = {
      {"triggerTime", IsoTime(time)}, {"triggerName", timer.name}, {"payload", timer.payload}};
  return event.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

void TimerTriggers::Add(FunctionPool& pool) {
  for (const TimerTrigger& timer : pool.function().timers) {
    auto schedule = Schedule::Parse(timer.expression);
    if (!schedule || !timer.is_enabled) continue;
    const auto next = schedule->NextAfter(Clock::now());
    entries_.push_back({&pool, &timer, *std::move(schedule), next});
  }
  SetAlarm();
}

void TimerTriggers::Remove(const FunctionPool& pool) {
  std::erase_if(entries_, [&pool](const Entry& entry) { return entry.pool == &pool; });
  SetAlarm();
}

std::optional<TimerTriggers::Clock::time_point> TimerTriggers::NextFiring(
    const FunctionDefinition& function, const TimerTrigger& timer) const {
  const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) {
    return entry.timer == &timer && &entry.pool->function() == &function;
  });
  return found == entries_.end() ? std::nullopt : found->next;
}

void TimerTriggers::FireDue() {
  const auto now = Clock::now();
  for (Entry& entry : entries_) {
    if (!entry.next || *entry.next > now) continue;
    Fire(entry);
    entry.next = entry.schedule.NextAfter(*entry.next);
    if (entry.next && *entry.next <= now) entry.next = entry.schedule.NextAfter(now);
  }
  SetAlarm();
}

void TimerTriggers::Fire(const Entry& entry) {
  Call call{.request_id = MakeRequestId(),
            .kind = CallKind::kTimer,
            .body = TimerEvent(*entry.timer, *entry.next)};
  async_.Take(*entry.pool, std::move(call), {},
              [name = entry.timer->name](const std::optional<PlatformError>& error) {
                if (error) LogWarn("timer_lost name={} reason=\"{}\"", name, error->message);
              });
}

void TimerTriggers::SetAlarm() {
  std::optional<Clock::time_point> first;
  for (const Entry& entry : entries_) {
    if (entry.next && (!first || *entry.next < *first)) first = entry.next;
  }
  if (!first) return alarm_.Clear();
  const Clock::duration left = std::max(*first - Clock::now(), Clock::duration::zero());
  alarm_.Set(Deadline::After(std::min<Clock::duration>(left, kMostPatience)));
}

}  // namespace openfc::emulator
