#pragma once

#include "lang/python/interpreter/gil.h"
#include "lang/python/interpreter/interpreter.h"
#include "lang/python/interpreter/script.h"
#include "runtime/base/error.h"
#include "sandbox/zygote/waiting_child.h"

#include <memory>
#include <string>
#include <vector>

namespace openfc::sandbox {

/// A warm interpreter that children are forked from. Its thread holds the GIL all the time.
class WarmPython {
 public:
  /// Starts it, with its libraries (`lean` or `data`) imported and out of the garbage collector's
  /// sight.
  static Expected<std::unique_ptr<WarmPython>> Start(const std::string& libraries);

  /// Names of the well-known libraries that were found, with commas.
  const std::string& found() const { return found_; }

  /// Folders beside the system's that the interpreter reads from.
  const std::vector<std::string>& read_paths() const { return read_paths_; }

  /// Forks a child that waits for its run, walls itself in, runs the program and ends. Until its
  /// run comes it uses what a run uses, so that it has copies of that memory already. It keeps
  /// these descriptors, and no others.
  Expected<std::unique_ptr<WaitingChild>> ForkWaiting(std::vector<int> kept);

  /// Compiles what children to come are to run in the place of code, and to rehearse: a source of
  /// openfc's own.
  void Learn(const std::string& harness);

 private:
  WarmPython() = default;
  [[noreturn]] void BeWaiting(int link);
  [[noreturn]] void BeRun(const ReceivedRun& run, int report);

  std::unique_ptr<python::Interpreter> interpreter_;
  std::unique_ptr<python::Gil> gil_;
  std::unique_ptr<python::Script> script_;
  std::string found_;
  std::vector<std::string> read_paths_;
};

}  // namespace openfc::sandbox
