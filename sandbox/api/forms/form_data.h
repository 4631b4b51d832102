#pragma once

#include "runtime/base/error.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace openfc::sandbox {

/// One field, or one file.
struct FormField {
  std::string name;
  std::string value;
  bool is_file = false;  // It has a file's name.
  std::string file_name = {};
};

class Form {
 public:
  Form() = default;
  explicit Form(std::vector<FormField> fields) : fields_(std::move(fields)) {}

  const std::vector<FormField>& fields() const { return fields_; }

  /// The last of that name, as servers have it; null when there is none.
  const FormField* FindText(std::string_view name) const { return Find(name, false); }
  const FormField* FindFile(std::string_view name) const { return Find(name, true); }

  /// What such a file holds, without a copy; nothing when there is none.
  std::optional<std::string> TakeFile(std::string_view name);

 private:
  const FormField* Find(std::string_view name, bool is_file) const;

  std::vector<FormField> fields_;
};

/// The form that a body of this Content-Type holds: multipart/form-data or
/// application/x-www-form-urlencoded; an empty one of any other type. kInvalidArgument in a
/// sentence when a multipart body is none, or has more than a thousand fields.
Expected<Form> ReadForm(std::string_view content_type, std::string_view body);

}  // namespace openfc::sandbox
