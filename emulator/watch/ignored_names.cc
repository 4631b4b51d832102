#include "emulator/watch/ignored_names.h"

#include <algorithm>
#include <array>

namespace openfc::emulator {

bool IsIgnoredName(std::string_view name) {
  // 4913 is the file by which vim tries whether it may write.
  constexpr std::array<std::string_view, 6> kNames = {".git",        ".fclocal",  ".s",
                                                      "__pycache__", ".DS_Store", "4913"};
  constexpr std::array<std::string_view, 5> kEndings = {".pyc", ".pyo", ".swp", ".swx", "~"};
  constexpr std::string_view kEmacsLock = ".#";
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end() ||
         std::any_of(kEndings.begin(), kEndings.end(),
                     [name](std::string_view ending) { return name.ends_with(ending); }) ||
         name.starts_with(kEmacsLock);
}

}  // namespace openfc::emulator
