#pragma once

#include "runtime/base/error.h"

#include <memory>
#include <string>
#include <vector>

namespace openfc::python {

struct InterpreterOptions {
  std::vector<std::string> path_front;  // Stands in front of the interpreter's own sys.path.
  std::string argv0;                    // The one entry of sys.argv.
};

/// `3.11`: the Python that this program was built for.
std::string Version();

/// The CPython of this process, set up as a function sees it (fc-runtime-api.md, section 2):
/// site-packages and the PYTHON* variables as under plain python3, streams in UTF-8 and unbuffered,
/// warnings off, sys.executable a python3 of the same version.
///
/// One in a process, started in the main thread, which keeps its thread state: whoever calls Python
/// holds a Gil. The environment that Python shows is the one that stands at the start.
///
/// The end is what plain python3 does, up to the point where it takes the interpreter apart:
/// threads that are not daemons are waited for, atexit functions run, streams are flushed. The
/// taking apart (Py_FinalizeEx) is left to the end of the process: it costs milliseconds, and up to
/// Python 3.13 it ends native threads in the middle of C++ frames. Instead the GIL stays taken, so
/// that no daemon thread runs Python any more; end the process soon.
class Interpreter {
  struct Started {};  // Only Start() has one.

 public:
  explicit Interpreter(Started /*proof*/) {}
  /// Releases the GIL before it returns. kSystem with Python's own reason when Python cannot start
  /// (it may have said more on stderr), kInvalidArgument when there is one already. Puts
  /// PYTHONIOENCODING into the environment, for this Python's children.
  static Expected<std::unique_ptr<Interpreter>> Start(const InterpreterOptions& options);

  Interpreter(const Interpreter&) = delete;
  Interpreter& operator=(const Interpreter&) = delete;

  /// In the thread that started it, without the GIL.
  ~Interpreter();
};

}  // namespace openfc::python
