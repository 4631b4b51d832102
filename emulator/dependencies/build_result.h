#pragma once

#include <string>
#include <vector>

namespace openfc::emulator {

/// How packages are to be installed.
struct BuildOptions {
  std::vector<std::string> pip_options = {};  // Handed to pip install.
  bool is_forced = false;                     // Also what is up to date, and what others made.
  bool shows_progress = false;                // The tools may draw.
};

/// What became of a function's packages.
struct BuildResult {
  enum class Outcome {
    kNothingToDo,  // It needs none.
    kUpToDate,
    kInstalled,
    kRemoved,  // It had some, and needs none any more.
  };

  Outcome outcome = Outcome::kNothingToDo;
  std::string folder = {};                 // Where they are.
  std::vector<std::string> packages = {};  // Which were installed, as far as is known.
};

}  // namespace openfc::emulator
