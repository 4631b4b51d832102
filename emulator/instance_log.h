#pragma once

#include "runtime/base/unique_fd.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace openfc::emulator {

struct InstanceLogOptions {
  int live_fd = -1;                      // Where the log goes as it comes; borrowed. -1: nowhere.
  std::size_t kept_bytes = 64UL * 1024;  // How much of the log's end is kept.
};

/// What an instance writes: read from its pipe, shown live, and its end kept. Nothing here ever
/// waits: the owner polls, and a reader of the live log that stands still holds the instance up and
/// not us.
class InstanceLog {
 public:
  /// `source` is non-blocking.
  InstanceLog(UniqueFd source, const InstanceLogOptions& options);

  /// To poll for reading; -1 while so much waits to be shown that no more is read, and at the end.
  int ReadingFd() const;

  /// To poll for writing; -1 when there is nothing to show.
  int WritingFd() const;

  /// Reads a piece of what is there.
  void Read();

  /// Reads what is in the pipe at this moment, and no more, however fast it is filled.
  void ReadWhatIsThere();

  /// Shows a piece of what waits.
  void Show();

  /// Puts a line of our own into the live log, on a line of its own.
  void AddLine(std::string_view line);

  /// The end of the log; whether its beginning was dropped.
  const std::string& kept() const { return kept_; }
  bool IsCut() const { return is_cut_; }

  /// The last line that is not empty; empty when there is none.
  std::string LastLine() const;

 private:
  std::size_t ReadUpTo(std::size_t count);
  void Take(std::string_view bytes);
  void QueueForShow(std::string_view bytes);

  UniqueFd source_;
  const InstanceLogOptions options_;
  std::string waiting_;    // To be shown.
  std::size_t shown_ = 0;  // Of `waiting_`.
  bool is_live_;
  bool ends_line_ = true;  // What was queued last ended its line.
  std::string kept_;
  bool is_cut_ = false;
};

}  // namespace openfc::emulator
