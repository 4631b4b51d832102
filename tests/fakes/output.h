#pragma once

#include "runtime/base/mutex.h"
#include "runtime/base/unique_fd.h"

#include <functional>
#include <string>
#include <string_view>
#include <thread>

namespace openfc::testing {

/// What a program writes, read as it comes, so that it never waits for us.
class Output {
 public:
  /// The reading ends of two pipes.
  Output(UniqueFd out, UniqueFd err);
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;
  ~Output();

  /// All that was written before the call.
  std::string out() const EXCLUDES_LOCK(mutex_);
  std::string err() const EXCLUDES_LOCK(mutex_);
  /// Both, in the order in which they were read: exact within a stream, close between the two.
  std::string joined() const EXCLUDES_LOCK(mutex_);

  /// Blocks until `text` stands in joined(); false: it did not within kLimit.
  [[nodiscard]] bool Await(std::string_view text) const EXCLUDES_LOCK(mutex_);

 private:
  struct Texts {
    std::string out;
    std::string err;
    std::string joined;
  };
  using Text = std::string Texts::*;

  void Run(std::stop_token stop) EXCLUDES_LOCK(mutex_);
  bool ReadInto(UniqueFd& from, Text text) EXCLUDES_LOCK(mutex_);
  std::string Copy(Text text) const EXCLUDES_LOCK(mutex_);

  mutable Mutex mutex_;
  mutable CondVar changed_;
  Texts texts_ GUARDED_BY(mutex_);
  mutable std::size_t asked_ GUARDED_BY(mutex_) = 0;  // Rounds of "read all there is".
  std::size_t done_ GUARDED_BY(mutex_) = 0;
  UniqueFd out_;
  UniqueFd err_;
  UniqueFd wake_;
  std::jthread thread_;  // Last: stops before what it reads goes.
};

}  // namespace openfc::testing
