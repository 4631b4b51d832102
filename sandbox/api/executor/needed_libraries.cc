#include "sandbox/api/executor/needed_libraries.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace openfc::sandbox {
namespace {

bool IsPartOfName(char sign) {
  return (static_cast<unsigned char>(sign) & 0x80U) != 0 || std::isalnum(sign) != 0 || sign == '_';
}

bool HasWord(std::string_view text, std::string_view word) {
  for (auto at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
    const bool begins = at == 0 || !IsPartOfName(text[at - 1]);
    const bool ends = at + word.size() == text.size() || !IsPartOfName(text[at + word.size()]);
    if (begins && ends) return true;
  }
  return false;
}

}  // namespace

Libraries LibrariesFor(std::string_view code) {
  static constexpr std::array<std::string_view, 12> kWords = {
      "np",     "numpy", "pd", "pandas",  "plt",   "matplotlib",
      "plotly", "go",    "px", "seaborn", "scipy", "sklearn"};
  const bool needs_data = std::any_of(
      kWords.begin(), kWords.end(), [code](std::string_view word) { return HasWord(code, word); });
  return needs_data ? Libraries::kData : Libraries::kLean;
}

}  // namespace openfc::sandbox
