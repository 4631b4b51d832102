#pragma once

#include "runtime/base/error.h"

#include <chrono>
#include <memory>
#include <string>

namespace openfc::emulator {

/// The clocks of a place, by the system's time zone database. A value; copies share the rules,
/// which never change (that is why there is a shared_ptr).
class TimeZone {
 public:
  /// UTC, which needs no database.
  TimeZone() = default;

  /// A zone by its name there, such as Asia/Shanghai. kInvalidArgument in a sentence when there is
  /// none, also because no database is installed.
  static Expected<TimeZone> Find(const std::string& name);

  /// How clocks are set for a while.
  struct Setting {
    std::chrono::seconds ahead{0};   // Of UTC.
    std::chrono::sys_seconds until;  // When they are set anew; the end of time if never.
  };
  Setting SettingAt(std::chrono::sys_seconds when) const;

 private:
  struct Rules;
  explicit TimeZone(std::shared_ptr<const Rules> rules) : rules_(std::move(rules)) {}

  std::shared_ptr<const Rules> rules_;  // Null: UTC.
};

}  // namespace openfc::emulator
