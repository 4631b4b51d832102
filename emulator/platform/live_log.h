#pragma once

#include "emulator/platform/platform_loop.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace openfc::emulator {

/// Shows what instances write, line by line, each with its function's name before it, to a
/// descriptor that may be slow: what it does not take waits, up to a bound; beyond that, lines are
/// left out and counted. Never blocks the platform.
class LiveLog {
 public:
  /// `fd` is borrowed; -1: nothing is shown.
  LiveLog(PlatformLoop& loop, int fd);

  /// `name`: of the function; empty: no name is shown. `source` tells instances apart, whose lines
  /// come in pieces.
  void Add(std::string_view name, const std::string& source, std::string_view bytes);

  /// What is left of a line that was not ended, once its source is gone.
  void End(std::string_view name, const std::string& source);

  /// Something waits to be shown.
  bool IsBehind() const { return !waiting_.empty(); }

 private:
  void AddLine(std::string_view name, std::string_view line);
  void Write();

  const int fd_;
  std::string waiting_;
  std::size_t left_out_ = 0;
  std::map<std::string, std::string> partial_;  // By source.
  Alarm again_;
};

}  // namespace openfc::emulator
