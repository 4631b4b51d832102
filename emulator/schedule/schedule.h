#pragma once

#include "emulator/schedule/cron_fields.h"
#include "emulator/schedule/time_zone.h"
#include "runtime/base/error.h"

#include <chrono>
#include <optional>
#include <string_view>
#include <variant>

namespace openfc::emulator {

/// When a timer trigger fires: what its cronExpression says. Two forms are taken, as the platform
/// documents them (help pages "Time triggers" and "TimeTriggerConfig"):
///
///   @every 1m, @every 1h30m     after each such time; hours, minutes and seconds, whole numbers
///   0 0 12 * * MON-FRI          six fields, seconds first, see CronFields; in UTC
///   CRON_TZ=Asia/Shanghai 0 0 12 * * *      the same by that place's clocks
///
/// Clocks that are put forward leave times out, and those do not fire; clocks that are put back
/// show times twice, and both fire. A value.
class Schedule {
 public:
  /// kInvalidArgument with a sentence that names the field which is wrong.
  static Expected<Schedule> Parse(std::string_view text);

  /// The first time after `when` (a whole second); nothing when there is none within ten years, as
  /// on a 30th of February.
  std::optional<std::chrono::system_clock::time_point> NextAfter(
      std::chrono::system_clock::time_point when) const;

 private:
  struct Cron {
    CronFields fields;
    TimeZone zone;
  };
  using Every = std::chrono::seconds;

  explicit Schedule(std::variant<Every, Cron> rule) : rule_(std::move(rule)) {}

  static Expected<std::chrono::seconds> ParseEvery(std::string_view length);
  static std::optional<std::chrono::sys_seconds> NextOf(const Cron& cron,
                                                        std::chrono::sys_seconds when);

  std::variant<Every, Cron> rule_;
};

}  // namespace openfc::emulator
