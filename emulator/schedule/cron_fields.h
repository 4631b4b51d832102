#pragma once

#include "emulator/schedule/cron_field.h"
#include "runtime/base/error.h"

#include <chrono>
#include <optional>
#include <string_view>

namespace openfc::emulator {

/// A cron expression of six fields:
///
///   seconds minutes hours   0-59, 0-59, 0-23
///   day-of-month            1-31
///   month                   1-12 or JAN-DEC
///   day-of-week             1-7 or MON-SUN; 0 is Sunday, too
///
/// Where both fields of days say something, a day that either of them means counts, as in every
/// cron. Knows clocks and calendars, and no time zones. A value.
class CronFields {
 public:
  /// kInvalidArgument with a sentence that names the field which is wrong.
  static Expected<CronFields> Parse(std::string_view text);

  /// The first time that matches, from `begin` on and before `end`.
  std::optional<std::chrono::local_seconds> FirstWithin(std::chrono::local_seconds begin,
                                                        std::chrono::local_seconds end) const;

 private:
  bool HasDay(std::chrono::local_days day) const;
  std::optional<std::chrono::seconds> FirstTimeOfDay(std::chrono::seconds from) const;

  CronField seconds_;
  CronField minutes_;
  CronField hours_;
  CronField days_of_month_;
  CronField months_;
  CronField days_of_week_;
};

}  // namespace openfc::emulator
