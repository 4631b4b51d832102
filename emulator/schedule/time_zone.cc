#include "emulator/schedule/time_zone.h"

#include <cctz/time_zone.h>

#include <algorithm>
#include <utility>

namespace openfc::emulator {

struct TimeZone::Rules {
  cctz::time_zone zone;
};

namespace {

using std::chrono::sys_seconds;
using CctzTime = cctz::time_point<cctz::seconds>;

/// Names are looked up as files: none may leave the database's folder.
bool IsZoneName(const std::string& name) {
  const auto is_allowed = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '/' ||
           c == '_' || c == '-' || c == '+';
  };
  return !name.empty() && name.front() != '/' && std::all_of(name.begin(), name.end(), is_allowed);
}

}  // namespace

Expected<TimeZone> TimeZone::Find(const std::string& name) {
  if (name == "UTC") return TimeZone();
  auto rules = std::make_shared<Rules>();
  if (!IsZoneName(name) || !cctz::load_time_zone(name, &rules->zone)) {
    return Error{ErrorCode::kInvalidArgument,
                 "there is no time zone '" + name +
                     "' in this system's database (Debian's package tzdata): names are like "
                     "Asia/Shanghai"};
  }
  return TimeZone(std::move(rules));
}

TimeZone::Setting TimeZone::SettingAt(sys_seconds when) const {
  if (!rules_) return {.until = sys_seconds::max()};
  const CctzTime point(cctz::seconds(when.time_since_epoch().count()));
  Setting setting{.ahead = std::chrono::seconds(rules_->zone.lookup(point).offset),
                  .until = sys_seconds::max()};
  cctz::time_zone::civil_transition change;
  if (rules_->zone.next_transition(point, &change)) {
    const auto at = rules_->zone.lookup(change.to).trans;
    setting.until = sys_seconds(std::chrono::seconds(at.time_since_epoch().count()));
  }
  return setting;
}

}  // namespace openfc::emulator
