#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace openfc::soak {

/// What every soak program may be told.
struct SoakOptions {
  std::size_t count = 0;
  std::size_t window = 1;  // Invocations at once.
  std::uint64_t seed = 0;  // 0: any.
  int patience_s = 60;     // How long nothing may happen.
  std::string runtime = {};

  std::chrono::seconds patience() const { return std::chrono::seconds(patience_s); }

  /// Reads the command line, on which `count` stands under that name, and prints the seed, with
  /// which everything happens again. An exit code: do not go on.
  std::optional<int> Parse(const std::string& count_name, int argc, char** argv);
};

}  // namespace openfc::soak
