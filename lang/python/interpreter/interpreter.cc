#include "lang/python/interpreter/interpreter.h"

#include "lang/python/interpreter/executable.h"
#include "lang/python/interpreter/gil.h"
#include "lang/python/interpreter/ref.h"

#include <Python.h>

#include <cstdlib>
#include <initializer_list>
#include <string_view>

#define OPENFC_TEXT_OF(x) #x
#define OPENFC_TEXT(x) OPENFC_TEXT_OF(x)

namespace openfc::python {
namespace {

/// A PyConfig that is cleared when it goes, and remembers its first failure.
class Config {
 public:
  Config() { PyConfig_InitPythonConfig(&config_); }
  ~Config() { PyConfig_Clear(&config_); }
  Config(const Config&) = delete;
  Config& operator=(const Config&) = delete;

  PyConfig* operator->() { return &config_; }

  void Set(wchar_t** field, const std::string& text) {
    if (IsOk()) status_ = PyConfig_SetBytesString(&config_, field, text.c_str());
  }
  void Append(PyWideStringList& list, const wchar_t* text) {
    if (IsOk()) status_ = PyWideStringList_Append(&list, text);
  }
  void SetArgv(const std::string& argv0) {
    std::string text = argv0;
    char* const first = text.data();
    if (IsOk()) status_ = PyConfig_SetBytesArgv(&config_, 1, &first);
  }
  void Initialize() {
    if (IsOk()) status_ = Py_InitializeFromConfig(&config_);
  }

  bool IsOk() const { return PyStatus_Exception(status_) == 0; }
  std::string Reason() const {
    if (PyStatus_IsExit(status_) != 0) return "it asked to exit";
    return status_.err_msg != nullptr ? status_.err_msg : "it gave no reason";
  }

 private:
  PyConfig config_{};
  PyStatus status_ = PyStatus_Ok();
};

void Fill(Config& config, const std::string& argv0) {
  config->parse_argv = 0;
  config->buffered_stdio = 0;
  config->pathconfig_warnings = 0;
  config.SetArgv(argv0);
  config.Set(&config->stdio_encoding, "utf-8");
  config.Set(&config->stdio_errors, "surrogateescape");
  config.Append(config->warnoptions, L"ignore");
  const char* search_path = std::getenv("PATH");
  const std::string executable = FindExecutable(OPENFC_PYTHON_EXECUTABLE, "python" + Version(),
                                                search_path != nullptr ? search_path : "");
  // From its name Python also finds its library, be it a virtual environment's or a pyenv build's.
  if (!executable.empty()) config.Set(&config->program_name, executable);
}

bool PutInFront(const std::vector<std::string>& entries) {
  PyObject* path = PySys_GetObject("path");
  if (path == nullptr || PyList_Check(path) == 0) return entries.empty();
  Py_ssize_t position = 0;
  for (const std::string& entry : entries) {
    const Ref text(PyUnicode_DecodeFSDefault(entry.c_str()));
    if (!text || PyList_Insert(path, position++, text.get()) != 0) return false;
  }
  return true;
}

/// Python itself gives stderr another error handler than the other two, whatever it is told.
bool LetStderrEscape() {
  PyObject* stream = PySys_GetObject("stderr");
  if (stream == nullptr || stream == Py_None) return true;
  const Ref reconfigure(PyObject_GetAttrString(stream, "reconfigure"));
  const Ref arguments(PyTuple_New(0));
  const Ref keywords(Py_BuildValue("{s:s}", "errors", "surrogateescape"));
  if (!reconfigure || !arguments || !keywords) return false;
  return static_cast<bool>(Ref(PyObject_Call(reconfigure.get(), arguments.get(), keywords.get())));
}

/// Calls a function of a module, if the module is loaded. What it raises goes to stderr.
void CallIfLoaded(const char* module_name, const char* function) {
  const Ref name(PyUnicode_FromString(module_name));
  const Ref module(name ? PyImport_GetModule(name.get()) : nullptr);
  if (module) {
    const Ref result(PyObject_CallMethod(module.get(), function, nullptr));
  }
  if (PyErr_Occurred() != nullptr) PyErr_WriteUnraisable(nullptr);
}

void FlushStream(const char* name) {
  PyObject* stream = PySys_GetObject(name);
  if (stream == nullptr || stream == Py_None) return;
  const Ref result(PyObject_CallMethod(stream, "flush", nullptr));
  PyErr_Clear();  // A closed stream has nothing left to flush.
}

}  // namespace

std::string Version() { return OPENFC_TEXT(PY_MAJOR_VERSION) "." OPENFC_TEXT(PY_MINOR_VERSION); }

Expected<std::unique_ptr<Interpreter>> Interpreter::Start(const InterpreterOptions& options) {
  if (Py_IsInitialized() != 0) {
    return Error{ErrorCode::kInvalidArgument, "this process runs a Python interpreter already"};
  }
  ::setenv("PYTHONIOENCODING", "utf-8:surrogateescape", 1);
  Config config;
  Fill(config, options.argv0);
  config.Initialize();
  if (!config.IsOk()) {
    return Error{ErrorCode::kSystem, "Python " + Version() + " cannot start: " + config.Reason()};
  }
  if (!PutInFront(options.path_front) || !LetStderrEscape()) {
    PyErr_Print();
    return Error{ErrorCode::kSystem, "Python " + Version() + " cannot be set up"};
  }
  (void)PyEval_SaveThread();  // Gil finds it again by the thread.
  return std::make_unique<Interpreter>(Started{});
}

Interpreter::~Interpreter() {
  (void)PyGILState_Ensure();  // Kept: see the header.
  CallIfLoaded("threading", "_shutdown");
  CallIfLoaded("atexit", "_run_exitfuncs");
  FlushStream("stdout");
  FlushStream("stderr");
  LeaveThreadStatesBehind();
}

}  // namespace openfc::python

#if defined(__SANITIZE_ADDRESS__)
// Python is not taken apart at the end (see the header), so what it holds then is no leak.
extern "C" const char* __lsan_default_suppressions() { return "leak:libpython\n"; }
#endif
