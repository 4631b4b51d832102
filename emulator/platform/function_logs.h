#pragma once

#include "emulator/platform/rotated_file.h"

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace openfc::emulator {

/// Keeps what functions log, one rotated file a function, line by line (emulator/state/log_line.h).
class FunctionLogs {
 public:
  /// `folder` is made when there is something to keep; empty: nothing is kept.
  explicit FunctionLogs(std::string folder, const RotationLimits& limits = {})
      : folder_(std::move(folder)), limits_(limits) {}

  /// What an instance wrote, as it came. Lines that are whole are written at once, in one write.
  void Add(const std::string& function, const std::string& instance, std::string_view bytes,
           std::chrono::system_clock::time_point now);

  /// What is left of a line that was not ended, once the instance is gone.
  void End(const std::string& function, const std::string& instance,
           std::chrono::system_clock::time_point now);

 private:
  RotatedFile& FileOf(const std::string& function);

  const std::string folder_;
  const RotationLimits limits_;
  std::map<std::string, RotatedFile> files_;    // By function.
  std::map<std::string, std::string> partial_;  // By instance.
};

}  // namespace openfc::emulator
