#pragma once

#include "runtime/base/unique_fd.h"

#include <string>
#include <utility>
#include <vector>

namespace openfc::emulator {

/// The log of one function, as a running fclocal writes it (emulator/platform/function_logs.h):
/// what is there, file by file, and then what comes.
class LogTail {
 public:
  /// `path`: of the file that is written.
  explicit LogTail(std::string path) : path_(std::move(path)) {}

  /// The lines that came since the last call, whole ones, without newlines; the first time all that
  /// are kept.
  std::vector<std::string> ReadLines();

 private:
  void ReadOlderFiles(std::string& bytes) const;
  bool OpenIfThere();
  void ReadFrom(int fd, std::string& bytes) const;
  bool WasRotated() const;

  const std::string path_;
  bool has_begun_ = false;
  UniqueFd fd_;
  std::string partial_;
};

/// All lines of functions' logs: where they come from, and when, in a form that is the same for
/// all.
struct FunctionLogLine {
  std::string function;
  std::string time;
  std::string instance;
  std::string text;
};

/// The logs in a state folder, of one function or of all.
class LogFolder {
 public:
  /// `function` as it is named in the log's file: `name`, or `service$name`; empty: all.
  LogFolder(std::string state_folder, std::string function)
      : state_folder_(std::move(state_folder)), function_(std::move(function)) {}

  /// Those that came since the last call, in the order of time; the first time all that are kept.
  std::vector<FunctionLogLine> ReadLines();

  bool HasLogs() const { return !tails_.empty(); }

 private:
  struct Tail {
    std::string function;
    LogTail tail;
  };
  void FindLogs();
  bool IsWanted(const std::string& function) const;

  const std::string state_folder_;
  const std::string function_;
  std::vector<Tail> tails_;
};

}  // namespace openfc::emulator
