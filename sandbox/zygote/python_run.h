#pragma once

#include "lang/python/interpreter/gil.h"
#include "lang/python/interpreter/interpreter.h"
#include "lang/python/interpreter/script.h"
#include "runtime/base/error.h"
#include "sandbox/isolation/entry.h"
#include "sandbox/wire/messages.h"
#include "sandbox/zygote/announcement.h"

#include <sys/types.h>

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

  /// Forks a child that walls itself in, says so by closing `report`, runs the program and ends.
  /// What goes wrong before is an EntryReport in `report`.
  Expected<pid_t> Fork(const RunPayload& payload, const Announcement& announcement,
                       const Entry& entry, int report);

 private:
  WarmPython() = default;
  [[noreturn]] void RunInChild(const RunPayload& payload, const Entry& entry, int report);

  std::unique_ptr<python::Interpreter> interpreter_;
  std::unique_ptr<python::Gil> gil_;
  std::unique_ptr<python::Script> script_;
  std::string found_;
  std::vector<std::string> read_paths_;
};

}  // namespace openfc::sandbox
