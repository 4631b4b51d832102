#include "emulator/signature/signing_date.h"

#include <algorithm>
#include <array>

namespace openfc::emulator {
namespace {

constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::array<std::string_view, 7> kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};

/// Reads a text of fixed form from left to right; one thing that is not there fails it for good.
class FormReader {
 public:
  explicit FormReader(std::string_view text) : rest_(text) {}

  void Skip(std::string_view words) {
    is_good_ = is_good_ && rest_.starts_with(words);
    if (is_good_) rest_.remove_prefix(words.size());
  }

  int Number(std::size_t digits) {
    is_good_ = is_good_ && rest_.size() >= digits &&
               std::all_of(rest_.begin(), rest_.begin() + static_cast<std::ptrdiff_t>(digits),
                           [](char c) { return c >= '0' && c <= '9'; });
    if (!is_good_) return 0;
    int number = 0;
    for (const char c : rest_.substr(0, digits)) number = number * 10 + (c - '0');
    rest_.remove_prefix(digits);
    return number;
  }

  /// Which of the words, all of three letters, stands here.
  template <std::size_t count>
  unsigned Word(const std::array<std::string_view, count>& words) {
    const auto found = std::find(words.begin(), words.end(), rest_.substr(0, 3));
    is_good_ = is_good_ && found != words.end();
    if (!is_good_) return 0;
    rest_.remove_prefix(3);
    return static_cast<unsigned>(found - words.begin());
  }

  bool HasEndedWell() const { return is_good_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool is_good_ = true;
};

struct Time {
  int year = 0;
  unsigned month = 0;
  int day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
};

void ReadClock(FormReader& reader, Time& time) {
  time.hour = reader.Number(2);
  reader.Skip(":");
  time.minute = reader.Number(2);
  reader.Skip(":");
  time.second = reader.Number(2);
}

std::optional<std::chrono::sys_seconds> PointOf(const FormReader& reader, const Time& time) {
  const std::chrono::year_month_day date{std::chrono::year(time.year),
                                         std::chrono::month(time.month),
                                         std::chrono::day(static_cast<unsigned>(time.day))};
  const bool is_time =
      reader.HasEndedWell() && date.ok() && time.hour < 24 && time.minute < 60 && time.second <= 60;
  if (!is_time) return std::nullopt;
  const std::chrono::sys_days day = date;
  return day + std::chrono::hours(time.hour) + std::chrono::minutes(time.minute) +
         std::chrono::seconds(time.second);
}

}  // namespace

std::optional<std::chrono::sys_seconds> ParseHttpDate(std::string_view text) {
  FormReader reader(text);
  Time time;
  reader.Word(kDays);
  reader.Skip(", ");
  time.day = reader.Number(2);
  reader.Skip(" ");
  time.month = reader.Word(kMonths) + 1;
  reader.Skip(" ");
  time.year = reader.Number(4);
  reader.Skip(" ");
  ReadClock(reader, time);
  reader.Skip(" GMT");
  return PointOf(reader, time);
}

std::optional<std::chrono::sys_seconds> ParseAcsDate(std::string_view text) {
  FormReader reader(text);
  Time time;
  time.year = reader.Number(4);
  reader.Skip("-");
  time.month = static_cast<unsigned>(reader.Number(2));
  reader.Skip("-");
  time.day = reader.Number(2);
  reader.Skip("T");
  ReadClock(reader, time);
  reader.Skip("Z");
  return PointOf(reader, time);
}

}  // namespace openfc::emulator
