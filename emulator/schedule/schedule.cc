#include "emulator/schedule/schedule.h"

#include <algorithm>
#include <charconv>
#include <string>

namespace openfc::emulator {
namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;
using std::chrono::system_clock;

constexpr std::string_view kBlanks = " \t";
constexpr std::string_view kZone = "CRON_TZ=";
constexpr std::string_view kEvery = "@every";
constexpr seconds kHorizon = std::chrono::years(10);

Error Invalid(const std::string& what) { return Error{ErrorCode::kInvalidArgument, what}; }

std::string_view TrimFront(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(kBlanks), text.size()));
  return text;
}

std::string_view TrimBack(std::string_view text) {
  return text.substr(0, text.find_last_not_of(kBlanks) + 1);
}

/// 0: no unit.
seconds LengthOf(char unit) {
  switch (unit) {
    case 'h':
      return std::chrono::hours(1);
    case 'm':
      return std::chrono::minutes(1);
    case 's':
      return seconds(1);
    default:
      return seconds(0);
  }
}

}  // namespace

Expected<Schedule> Schedule::Parse(std::string_view text) {
  text = TrimBack(TrimFront(text));
  if (text.empty()) {
    return Invalid("the expression is empty: write one like @every 1m or 0 0 12 * * *");
  }
  if (text.starts_with("TZ=")) return Invalid("a time zone is given as CRON_TZ=Area/City");
  TimeZone zone;
  if (text.starts_with(kZone)) {
    const auto end = std::min(text.find_first_of(kBlanks), text.size());
    auto found = TimeZone::Find(std::string(text.substr(kZone.size(), end - kZone.size())));
    if (!found) return found.error();
    zone = *std::move(found);
    text = TrimFront(text.substr(end));
  }
  if (text.starts_with(kEvery)) {
    const auto length = ParseEvery(TrimFront(text.substr(kEvery.size())));
    if (!length) return length.error();
    return Schedule(*length);
  }
  if (text.starts_with('@')) {
    return Invalid("'" + std::string(text) + "' is not understood: of the words with @, only " +
                   "@every is");
  }
  auto fields = CronFields::Parse(text);
  if (!fields) return fields.error();
  return Schedule(Cron{.fields = *std::move(fields), .zone = std::move(zone)});
}

Expected<seconds> Schedule::ParseEvery(std::string_view length) {
  const Error wrong = Invalid("'@every " + std::string(length) +
                              "' is not understood: whole numbers of h, m and s are, as in "
                              "@every 1h30m");
  constexpr int kMost = 1'000'000'000;
  if (length.empty()) return wrong;
  seconds sum{0};
  while (!length.empty()) {
    int number = 0;
    const auto [end, error] = std::from_chars(length.data(), length.data() + length.size(), number);
    const auto digits = static_cast<std::size_t>(end - length.data());
    const bool is_number = error == std::errc() && number >= 0 && number <= kMost &&
                           length.front() != '-' && digits < length.size();
    if (!is_number || LengthOf(length[digits]) == seconds(0)) return wrong;
    sum += number * LengthOf(length[digits]);
    length.remove_prefix(digits + 1);
  }
  if (sum < seconds(1)) return Invalid("'@every' needs a second at least");
  if (sum > kHorizon) return Invalid("'@every' takes ten years at most");
  return sum;
}

std::optional<system_clock::time_point> Schedule::NextAfter(system_clock::time_point when) const {
  const auto begin = std::chrono::floor<seconds>(when);
  const auto* every = std::get_if<Every>(&rule_);
  const auto next = every != nullptr ? std::optional<sys_seconds>(begin + *every)
                                     : NextOf(std::get<Cron>(rule_), begin);
  // Seconds reach further than the clock, which counts to 2262.
  if (!next || *next > std::chrono::floor<seconds>(system_clock::time_point::max())) {
    return std::nullopt;
  }
  return system_clock::time_point(*next);
}

/// While clocks are not set anew, they are a fixed time ahead of UTC: one such while after the
/// other is searched.
std::optional<sys_seconds> Schedule::NextOf(const Cron& cron, sys_seconds when) {
  const sys_seconds horizon = when + kHorizon;
  for (sys_seconds begin = when + seconds(1); begin < horizon;) {
    const auto setting = cron.zone.SettingAt(begin);
    const sys_seconds end = std::min(setting.until, horizon);
    const auto local = [&](sys_seconds point) {
      return std::chrono::local_seconds(point.time_since_epoch() + setting.ahead);
    };
    if (const auto found = cron.fields.FirstWithin(local(begin), local(end))) {
      return sys_seconds(found->time_since_epoch() - setting.ahead);
    }
    begin = end;
  }
  return std::nullopt;
}

}  // namespace openfc::emulator
