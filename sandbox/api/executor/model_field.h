#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace openfc::sandbox {

/// Why a value is none of its field's, in pydantic's words; `context` is an object of JSON or
/// empty.
struct FieldError {
  std::string type;
  std::string message;
  std::string context;
};

/// An integer as pydantic takes it from JSON: a number without a fraction, a text that is one, or a
/// boolean. `json` is the value's text.
struct IntegerField {
  std::optional<std::int64_t> value;
  FieldError error;  // Without a value.
};
IntegerField ReadIntegerField(std::string_view json);

/// For a value outside of its bounds.
std::optional<FieldError> CheckBounds(std::int64_t value, std::int64_t least, std::int64_t most);

}  // namespace openfc::sandbox
