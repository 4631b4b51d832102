#pragma once

#include "runtime/base/error.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace openfc::emulator {

/// A file of a new function.
struct TemplateFile {
  std::string path;  // Below the function's folder.
  std::string text;
};

/// What a new function can begin as: `event`, `http`, ...; with what they are.
struct FunctionTemplate {
  std::string_view name;
  std::string_view description;
};
std::span<const FunctionTemplate> FunctionTemplates();

/// The files of a function of that name. kInvalidArgument with a sentence for a template that there
/// is not, and for a name that the platform does not take.
Expected<std::vector<TemplateFile>> FillTemplate(std::string_view name,
                                                 const std::string& function);

}  // namespace openfc::emulator
