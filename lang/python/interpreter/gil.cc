#include "lang/python/interpreter/gil.h"

#include <Python.h>

#include <atomic>

namespace openfc::python {
namespace {

std::atomic<bool> interpreter_is_over = false;

/// A PyGILState_Ensure() that stays open for the life of a thread: it keeps the thread's state.
class KeptState {
 public:
  KeptState() : kept_(PyGILState_Ensure()), state_(PyEval_SaveThread()) {}
  KeptState(const KeptState&) = delete;
  KeptState& operator=(const KeptState&) = delete;

  ~KeptState() {
    if (interpreter_is_over) return;
    PyEval_RestoreThread(state_);
    PyGILState_Release(kept_);  // The last one: frees the state, and lets the lock go.
  }

 private:
  const PyGILState_STATE kept_;
  PyThreadState* const state_;
};

void KeepStateOfThisThread() { static thread_local const KeptState kept; }

}  // namespace

Gil::Gil() {
  if (PyGILState_GetThisThreadState() == nullptr) KeepStateOfThisThread();
  state_ = PyGILState_Ensure();
}

Gil::~Gil() { PyGILState_Release(static_cast<PyGILState_STATE>(state_)); }

void AcquireGil() {
  if (PyGILState_GetThisThreadState() == nullptr) KeepStateOfThisThread();
  PyEval_RestoreThread(PyGILState_GetThisThreadState());
}

void ReleaseGil() { (void)PyEval_SaveThread(); }

NoGil::NoGil() : state_(PyEval_SaveThread()) {}

NoGil::~NoGil() { PyEval_RestoreThread(static_cast<PyThreadState*>(state_)); }

void LeaveThreadStatesBehind() { interpreter_is_over = true; }

}  // namespace openfc::python
