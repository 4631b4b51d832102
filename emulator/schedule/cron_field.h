#pragma once

#include "runtime/base/error.h"

#include <cstdint>
#include <span>
#include <string_view>

namespace openfc::emulator {

/// What may stand in one of the fields.
struct CronFieldKind {
  std::string_view name;  // As messages have it: "the NAME field".
  unsigned lowest = 0;
  unsigned highest = 59;
  std::span<const std::string_view> names = {};  // Of the values from first_name on, upper case.
  unsigned first_name = 0;
  bool takes_question_mark = false;  // As another way to say *.
};

/// The values that a field allows, as bits. A value.
struct CronField {
  std::uint64_t values = 0;
  bool is_every = false;  // A plain * (or ?): says nothing about this field.

  bool Has(unsigned value) const { return (values >> value & 1U) != 0; }
};

/// A list, by commas, of *, ?, N, N-M, and each of them with /STEP (N/STEP runs to the field's
/// end); names of months and days in any case. kInvalidArgument with a sentence that names the
/// field.
Expected<CronField> ParseCronField(const CronFieldKind& kind, std::string_view text);

}  // namespace openfc::emulator
