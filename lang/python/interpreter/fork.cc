#include "lang/python/interpreter/fork.h"

#include <Python.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <fstream>

namespace openfc::python {
namespace {

namespace fs = std::filesystem;

int NumberOf(const std::string& text) {
  int number = -1;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

std::vector<std::string> OtherThreads() {
  std::vector<std::string> names;
  std::error_code ignored;
  for (const auto& task : fs::directory_iterator("/proc/self/task", ignored)) {
    if (NumberOf(task.path().filename()) == ::gettid()) continue;
    std::ifstream file(task.path() / "comm");
    std::string name;
    if (std::getline(file, name)) names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<std::string> Sockets(const std::vector<int>& known_fds) {
  std::vector<std::string> sockets;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator("/proc/self/fd", ignored)) {
    const std::string number = entry.path().filename();
    const std::string target = fs::read_symlink(entry.path(), ignored);
    const bool is_known =
        std::find(known_fds.begin(), known_fds.end(), NumberOf(number)) != known_fds.end();
    if (is_known || target.rfind("socket:", 0) != 0) continue;
    sockets.push_back(std::string("fd ").append(number).append(" (").append(target).append(")"));
  }
  return sockets;
}

bool CallGc(const char* function) {
  PyObject* gc = PyImport_ImportModule("gc");
  PyObject* result = gc != nullptr ? PyObject_CallMethod(gc, function, nullptr) : nullptr;
  Py_XDECREF(gc);
  Py_XDECREF(result);
  return result != nullptr;
}

}  // namespace

ForkHazards FindForkHazards(const std::vector<int>& known_fds) {
  return {.threads = OtherThreads(), .sockets = Sockets(known_fds)};
}

Status PrepareFork() {
  if (CallGc("collect") && CallGc("freeze")) return Ok();
  PyErr_Clear();
  return Error{ErrorCode::kSystem, "Python's garbage collector cannot be frozen"};
}

Expected<pid_t> Fork() {
  PyOS_BeforeFork();
  const pid_t pid = ::fork();
  if (pid == 0) {
    PyOS_AfterFork_Child();
    return pid;
  }
  const int cause = errno;
  PyOS_AfterFork_Parent();
  if (pid < 0) return SystemError("cannot fork", cause);
  return pid;
}

}  // namespace openfc::python
