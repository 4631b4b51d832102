#pragma once

#include "runtime/base/unique_fd.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace openfc::emulator {

struct RotationLimits {
  std::int64_t bytes = std::int64_t{10} * 1024 * 1024;  // Of one file.
  int files = 3;                                        // The one that is written included.
};

/// A file that is appended to and never grows beyond a bound: a full one becomes NAME.1, that one
/// NAME.2, and the oldest goes.
class RotatedFile {
 public:
  explicit RotatedFile(std::string path, const RotationLimits& limits = {})
      : path_(std::move(path)), limits_(limits) {}

  /// In one write. What cannot be written is lost; that is logged, the first time.
  void Append(std::string_view bytes);

 private:
  bool Open();
  void Rotate();
  void Complain(int error_number);

  const std::string path_;
  const RotationLimits limits_;
  UniqueFd fd_;
  std::int64_t size_ = 0;
  bool has_complained_ = false;
};

}  // namespace openfc::emulator
