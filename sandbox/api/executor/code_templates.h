#pragma once

#include <span>
#include <string_view>

namespace openfc::sandbox {

/// A program to begin with, as GET /templates offers it.
struct CodeTemplate {
  std::string_view name;
  std::string_view code;
};

std::span<const CodeTemplate> CodeTemplates();

/// Null when there is none of that name.
const CodeTemplate* FindCodeTemplate(std::string_view name);

}  // namespace openfc::sandbox
