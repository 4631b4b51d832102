#pragma once

#include "runtime/base/error.h"

#include <memory>
#include <string>
#include <vector>

namespace openfc::python {

/// A text of ours in Python whose functions are called later: executed once, as a module that
/// nobody can import. Everything here needs the GIL.
class Script {
  struct Loaded {};  // Only Load() has one.

 public:
  Script(Loaded /*proof*/, void* names) : names_(names) {}

  /// kSystem with Python's words when the text raises.
  static Expected<std::unique_ptr<Script>> Load(const std::string& name, const std::string& source);

  /// Leaves the module to the interpreter: it lives as long as that.
  ~Script() = default;
  Script(const Script&) = delete;
  Script& operator=(const Script&) = delete;

  /// Calls a function with these arguments, as bytes; it answers bytes, or None, which is empty.
  /// kSystem with Python's words when it raises, SystemExit included.
  Expected<std::string> Call(const char* function, const std::vector<std::string>& arguments);

 private:
  void* const names_;  // A dict, owned by the interpreter.
};

}  // namespace openfc::python
