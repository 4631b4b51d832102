#include "emulator/schedule/cron_field.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>

namespace openfc::emulator {
namespace {

/// A step of a list's term, and what it steps over.
struct Term {
  unsigned first = 0;
  unsigned last = 0;
  unsigned step = 1;
  bool is_every = false;
};

Error Wrong(const CronFieldKind& kind, const std::string& what) {
  return Error{ErrorCode::kInvalidArgument, "the " + std::string(kind.name) + " field " + what};
}

std::string Quoted(std::string_view text) { return "'" + std::string(text) + "'"; }

std::optional<unsigned> ParseNumber(std::string_view text) {
  unsigned number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

bool IsSameName(std::string_view text, std::string_view upper) {
  return std::equal(text.begin(), text.end(), upper.begin(), upper.end(),
                    [](char left, char right) {
                      return (left >= 'a' && left <= 'z' ? left - 'a' + 'A' : left) == right;
                    });
}

std::optional<unsigned> ParseName(const CronFieldKind& kind, std::string_view text) {
  for (std::size_t i = 0; i < kind.names.size(); ++i) {
    if (IsSameName(text, kind.names[i])) return kind.first_name + static_cast<unsigned>(i);
  }
  return std::nullopt;
}

/// What other cron dialects have, and the platform's does not.
bool IsQuartzOnly(std::string_view text) {
  const auto is_special = [](char c) { return c == 'L' || c == 'W' || c == '#'; };
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  return std::any_of(text.begin(), text.end(), is_special) &&
         std::all_of(text.begin(), text.end(),
                     [&](char c) { return is_special(c) || is_digit(c) || c == '-'; });
}

Expected<unsigned> ParseValue(const CronFieldKind& kind, std::string_view text) {
  if (const auto named = ParseName(kind, text)) return *named;
  const auto number = ParseNumber(text);
  if (!number && IsQuartzOnly(text)) {
    return Wrong(kind, "has " + Quoted(text) + ": L, W and # are not known to Function Compute");
  }
  if (!number) return Wrong(kind, "has " + Quoted(text) + ", which is no value of it");
  if (*number < kind.lowest || *number > kind.highest) {
    return Wrong(kind, "has " + std::string(text) + ", it goes from " +
                           std::to_string(kind.lowest) + " to " + std::to_string(kind.highest));
  }
  return *number;
}

Expected<Term> ParseRange(const CronFieldKind& kind, std::string_view text) {
  if (text == "*" || (text == "?" && kind.takes_question_mark)) {
    return Term{.first = kind.lowest, .last = kind.highest, .is_every = true};
  }
  if (text == "?") return Wrong(kind, "has ?, which only the two fields of days take");
  const auto dash = text.find('-');
  const auto first = ParseValue(kind, IsQuartzOnly(text) ? text : text.substr(0, dash));
  if (!first) return first.error();
  if (dash == std::string_view::npos) return Term{.first = *first, .last = *first};
  const auto last = ParseValue(kind, text.substr(dash + 1));
  if (!last) return last.error();
  Term term{.first = *first, .last = *last};
  // The week may end on the Sunday that it could begin with: MON-SUN, SAT-SUN.
  const bool ends_on_sunday = term.last == 0 && kind.highest == 7 && term.first > 0;
  if (ends_on_sunday) term.last = 7;
  if (term.first > term.last) return Wrong(kind, "has " + Quoted(text) + ", which runs backwards");
  return term;
}

Expected<Term> ParseTerm(const CronFieldKind& kind, std::string_view text) {
  const auto slash = text.find('/');
  auto term = ParseRange(kind, text.substr(0, slash));
  if (!term || slash == std::string_view::npos) return term;
  const auto step = ParseNumber(text.substr(slash + 1));
  if (!step || *step == 0) {
    return Wrong(kind, "has " + Quoted(text) + ", whose step is no whole number above 0");
  }
  if (term->first == term->last) term->last = kind.highest;
  term->step = *step;
  term->is_every = term->is_every && *step == 1;
  return term;
}

}  // namespace

Expected<CronField> ParseCronField(const CronFieldKind& kind, std::string_view text) {
  CronField field;
  while (true) {
    const auto comma = text.find(',');
    const auto term = ParseTerm(kind, text.substr(0, comma));
    if (!term) return term.error();
    field.is_every = field.is_every || term->is_every;
    for (std::uint64_t value = term->first; value <= term->last; value += term->step) {
      field.values |= std::uint64_t{1} << value;
    }
    if (comma == std::string_view::npos) return field;
    text.remove_prefix(comma + 1);
  }
}

}  // namespace openfc::emulator
