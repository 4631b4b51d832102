#include "sandbox/api/executor/model_field.h"

#include <nlohmann/json.hpp>

#include <charconv>
#include <cmath>

namespace openfc::sandbox {
namespace {

using Json = nlohmann::ordered_json;

constexpr double kLargest = 9e15;  // A double tells integers apart up to here.

FieldError NoInteger(const char* type, const std::string& why) {
  return {.type = type, .message = "Input should be a valid integer" + why, .context = {}};
}

std::string Trimmed(const std::string& text) {
  const auto begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string::npos) return "";
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

IntegerField FromText(const std::string& text) {
  std::string digits = Trimmed(text);
  if (digits.starts_with('+')) digits.erase(0, 1);
  std::int64_t value = 0;
  const char* const end = digits.data() + digits.size();
  const auto read = std::from_chars(digits.data(), end, value);
  if (read.ec == std::errc() && read.ptr == end) return {.value = value, .error = {}};
  return {.value = {}, .error = NoInteger("int_parsing", ", unable to parse string as an integer")};
}

IntegerField FromFraction(double number) {
  if (std::isfinite(number) && std::floor(number) == number && std::abs(number) < kLargest) {
    return {.value = static_cast<std::int64_t>(number), .error = {}};
  }
  return {.value = {},
          .error = NoInteger("int_from_float", ", got a number with a fractional part")};
}

}  // namespace

IntegerField ReadIntegerField(std::string_view json) {
  const Json value = Json::parse(json, nullptr, /*allow_exceptions=*/false);
  if (value.is_number_integer()) return {.value = value.get<std::int64_t>(), .error = {}};
  if (value.is_boolean()) return {.value = value.get<bool>() ? 1 : 0, .error = {}};
  if (value.is_number_float()) return FromFraction(value.get<double>());
  if (value.is_string()) return FromText(value.get<std::string>());
  return {.value = {}, .error = NoInteger("int_type", "")};
}

std::optional<FieldError> CheckBounds(std::int64_t value, std::int64_t least, std::int64_t most) {
  if (value < least) {
    return FieldError{
        .type = "greater_than_equal",
        .message = "Input should be greater than or equal to " + std::to_string(least),
        .context = Json{{"ge", least}}.dump()};
  }
  if (value <= most) return std::nullopt;
  return FieldError{.type = "less_than_equal",
                    .message = "Input should be less than or equal to " + std::to_string(most),
                    .context = Json{{"le", most}}.dump()};
}

}  // namespace openfc::sandbox
