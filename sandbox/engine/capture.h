#pragma once

#include "runtime/base/unique_fd.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace openfc::sandbox {

/// The reading end of a run's pipe: keeps the first bytes, and reads on when it has enough, so that
/// the run is not held up by what nobody wants to have.
class Capture {
 public:
  /// `reader` is made non-blocking.
  Capture(UniqueFd reader, std::int64_t max_bytes);

  /// -1 once the pipe has ended.
  int fd() const { return reader_.get(); }

  /// Reads what is there. `seen` gets what is kept, as it comes.
  void Read(const std::function<void(std::string_view)>& seen);

  bool is_truncated() const { return is_truncated_; }
  std::string TakeText() { return std::move(text_); }

 private:
  void Keep(std::string_view part, const std::function<void(std::string_view)>& seen);

  UniqueFd reader_;
  const std::size_t max_bytes_;
  bool is_truncated_ = false;
  std::string text_;
};

}  // namespace openfc::sandbox
