#include "emulator/commands/option_number.h"

#include <charconv>
#include <cmath>
#include <system_error>

namespace openfc::emulator {
namespace {

std::string InWords(NumberRange range) {
  const std::string least = "at least " + std::to_string(range.least);
  return range.most == NumberRange().most
             ? least
             : std::to_string(range.least) + " to " + std::to_string(range.most);
}

}  // namespace

Expected<std::int64_t> ParseNumber(const char* option, const std::string& text, const char* unit,
                                   NumberRange range) {
  std::int64_t number = 0;
  const char* const last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, number);
  if (error == std::errc() && end == last && number >= range.least && number <= range.most) {
    return number;
  }
  return Error{ErrorCode::kInvalidArgument, std::string(option) + " is '" + text +
                                                "', but must be a whole number of " + unit + ", " +
                                                InWords(range)};
}

Expected<double> ParseDecimal(const char* option, const std::string& text, const char* unit) {
  double number = 0;
  const char* const last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, number);
  if (error == std::errc() && end == last && std::isfinite(number) && number > 0) return number;
  return Error{ErrorCode::kInvalidArgument, std::string(option) + " is '" + text +
                                                "', but must be a number of " + unit +
                                                ", more than 0"};
}

}  // namespace openfc::emulator
