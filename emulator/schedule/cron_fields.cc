#include "emulator/schedule/cron_fields.h"

#include <array>
#include <bit>
#include <string>
#include <vector>

namespace openfc::emulator {
namespace {

using std::chrono::local_days;
using std::chrono::local_seconds;
using std::chrono::seconds;

constexpr std::string_view kBlanks = " \t";
constexpr std::size_t kFields = 6;

constexpr std::array<std::string_view, 12> kMonths = {"JAN", "FEB", "MAR", "APR", "MAY", "JUN",
                                                      "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};
constexpr std::array<std::string_view, 7> kDays = {"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"};

constexpr std::array<CronFieldKind, kFields> kKinds = {{
    {.name = "seconds"},
    {.name = "minutes"},
    {.name = "hours", .highest = 23},
    {.name = "day-of-month", .lowest = 1, .highest = 31, .takes_question_mark = true},
    {.name = "month", .lowest = 1, .highest = 12, .names = kMonths, .first_name = 1},
    {.name = "day-of-week", .highest = 7, .names = kDays, .takes_question_mark = true},
}};

std::vector<std::string_view> SplitAtBlanks(std::string_view text) {
  std::vector<std::string_view> parts;
  for (auto begin = text.find_first_not_of(kBlanks); begin != std::string_view::npos;) {
    const auto end = std::min(text.find_first_of(kBlanks, begin), text.size());
    parts.push_back(text.substr(begin, end - begin));
    begin = text.find_first_not_of(kBlanks, end);
  }
  return parts;
}

Error WrongCount(std::size_t count) {
  std::string message =
      "a cron expression has 6 fields (seconds, minutes, hours, day-of-month, "
      "month, day-of-week), this one has " +
      std::to_string(count);
  if (count == 5) message += ": put a 0, for the seconds, in front of it";
  return Error{ErrorCode::kInvalidArgument, message};
}

/// The lowest value from `from` on; nothing when all are below.
std::optional<unsigned> NextValue(const CronField& field, unsigned from) {
  const std::uint64_t left = field.values >> from;
  if (left == 0) return std::nullopt;
  return from + static_cast<unsigned>(std::countr_zero(left));
}

}  // namespace

Expected<CronFields> CronFields::Parse(std::string_view text) {
  const auto parts = SplitAtBlanks(text);
  if (parts.size() != kFields) return WrongCount(parts.size());
  CronFields fields;
  const std::array<CronField*, kFields> targets = {&fields.seconds_, &fields.minutes_,
                                                   &fields.hours_,   &fields.days_of_month_,
                                                   &fields.months_,  &fields.days_of_week_};
  for (std::size_t i = 0; i < kFields; ++i) {
    auto field = ParseCronField(kKinds[i], parts[i]);
    if (!field) return field.error();
    *targets[i] = *field;
  }
  if (fields.days_of_week_.Has(7)) fields.days_of_week_.values |= 1;
  return fields;
}

std::optional<local_seconds> CronFields::FirstWithin(local_seconds begin, local_seconds end) const {
  auto day = std::chrono::floor<std::chrono::days>(begin);
  seconds from = begin - day;
  for (; day < end; day += std::chrono::days(1), from = seconds(0)) {
    if (!HasDay(day)) continue;
    const auto time = FirstTimeOfDay(from);
    if (!time) continue;
    const local_seconds found = day + *time;
    return found < end ? std::optional(found) : std::nullopt;
  }
  return std::nullopt;
}

bool CronFields::HasDay(local_days day) const {
  const std::chrono::year_month_day date(day);
  if (!months_.Has(static_cast<unsigned>(date.month()))) return false;
  const bool by_date = days_of_month_.Has(static_cast<unsigned>(date.day()));
  const bool by_week = days_of_week_.Has(std::chrono::weekday(day).c_encoding());
  const bool is_either = !days_of_month_.is_every && !days_of_week_.is_every;
  return is_either ? by_date || by_week : by_date && by_week;
}

std::optional<seconds> CronFields::FirstTimeOfDay(seconds from) const {
  const std::chrono::hh_mm_ss clock(from);
  const auto start = static_cast<unsigned>(clock.hours().count());
  for (auto hour = NextValue(hours_, start); hour; hour = NextValue(hours_, *hour + 1)) {
    const bool is_later_hour = *hour > start;
    const unsigned first = is_later_hour ? 0 : static_cast<unsigned>(clock.minutes().count());
    for (auto minute = NextValue(minutes_, first); minute;
         minute = NextValue(minutes_, *minute + 1)) {
      const bool is_later = is_later_hour || *minute > first;
      const auto second =
          NextValue(seconds_, is_later ? 0 : static_cast<unsigned>(clock.seconds().count()));
      if (second) {
        return std::chrono::hours(*hour) + std::chrono::minutes(*minute) + seconds(*second);
      }
    }
  }
  return std::nullopt;
}

}  // namespace openfc::emulator
