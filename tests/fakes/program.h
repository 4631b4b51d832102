#pragma once

#include "tests/fakes/output.h"

#include <signal.h>
#include <sys/types.h>

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace openfc::testing {

/// How to start a program.
struct ProgramOptions {
  std::vector<std::string> arguments;  // Without the program's name.

  /// On top of a plain one: PATH, HOME and the sanitizers' options of this process, and no more.
  std::map<std::string, std::string> environment;

  std::filesystem::path folder;  // The working directory; empty: this process's.
  std::string input;             // All of stdin, at most 64 KiB.

  /// Descriptors of this process (borrowed) and the numbers, from 10 on, under which the program
  /// finds them; 1 and 2 take the place of what is captured.
  std::vector<std::pair<int, int>> descriptors;
};

/// How a program ended.
struct ProgramEnd {
  int exit_code = -1;  // -1 when a signal ended it.
  int signal = 0;

  friend bool operator==(const ProgramEnd&, const ProgramEnd&) = default;
};

/// A running program of ours (or any other), killed with everything that it started when the owner
/// goes.
///
/// It leads a process group of its own, and dies with the thread that started it. All processes
/// that inherit its environment are its family, whoever their parent is.
class Program {
 public:
  /// `name` is one of ours in the build's bin folder, or an absolute path.
  explicit Program(const std::string& name, const ProgramOptions& options = {});
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
  ~Program();

  pid_t pid() const { return pid_; }
  const Output& output() const { return *output_; }

  void Signal(int signal) const { ::kill(pid_, signal); }

  /// Blocks until it ends; nothing: it did not within kLimit. Afterwards output() is complete, but
  /// for what a surviving child may still write.
  std::optional<ProgramEnd> AwaitEnd();

  /// The processes of its family that live now, itself included, zombies not.
  std::vector<pid_t> Family() const;

 private:
  void KillFamily() const;

  std::string mark_;  // An environment variable that only this family has.
  pid_t pid_ = -1;
  std::optional<ProgramEnd> end_;
  std::unique_ptr<Output> output_;
};

}  // namespace openfc::testing
