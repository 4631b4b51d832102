#include "lang/python/interpreter/gil.h"

#include "lang/python/interpreter/interpreter.h"

#include <Python.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <optional>
#include <thread>

namespace openfc::python {
namespace {

class GilTest : public ::testing::Test {
 protected:
  /// Runs `check` in a child of its own, in which an interpreter runs.
  static void ExpectInChild(const std::function<bool()>& check) {
    EXPECT_EXIT(
        {
          const auto interpreter = Interpreter::Start({.path_front = {}, .argv0 = "b"});
          ::_exit(interpreter && check() ? 0 : 1);
        },
        ::testing::ExitedWithCode(0), "");
  }

  static PyThreadState* CurrentState() {
    const Gil gil;
    return PyThreadState_Get();
  }

  static int CountStates() {
    const Gil gil;
    int count = 0;
    PyThreadState* state = PyInterpreterState_ThreadHead(PyInterpreterState_Main());
    for (; state != nullptr; state = PyThreadState_Next(state)) ++count;
    return count;
  }

  static void InThread(const std::function<void()>& action) {
    std::thread thread(action);
    thread.join();
  }
};

TEST_F(GilTest, KeepsAThreadsStateBetweenScopes) {
  ExpectInChild([] {
    bool same = false;
    InThread([&] { same = CurrentState() == CurrentState(); });
    return same;
  });
}

TEST_F(GilTest, GivesEachThreadItsOwnState) {
  ExpectInChild([] {
    const PyThreadState* mine = CurrentState();
    const PyThreadState* other = nullptr;
    InThread([&] { other = CurrentState(); });
    return other != nullptr && mine != other;
  });
}

TEST_F(GilTest, FreesTheStateWhenTheThreadEnds) {
  ExpectInChild([] {
    int during = 0;
    InThread([&] { during = CountStates(); });
    return during == 2 && CountStates() == 1;
  });
}

TEST_F(GilTest, TheInterpretersOwnThreadMakesNone) {
  ExpectInChild([] { return CountStates() == 1 && CurrentState() == CurrentState(); });
}

TEST_F(GilTest, ReleasesTheLockBetweenScopesOfAThread) {
  ExpectInChild([] {
    bool held = true;
    InThread([&] {
      { const Gil gil; }
      held = PyGILState_Check() == 1;
      InThread([] { const Gil gil; });  // Would wait for ever.
    });
    return !held;
  });
}

TEST_F(GilTest, NestsInAnyThread) {
  ExpectInChild([] {
    bool held = false;
    InThread([&] {
      const Gil outer;
      { const Gil inner; }
      held = PyGILState_Check() == 1;
    });
    return held;
  });
}

TEST_F(GilTest, IsTheStateThatExtensionModulesFind) {
  ExpectInChild([] {
    bool same = false;
    InThread([&] {
      const PyThreadState* kept = CurrentState();
      const PyGILState_STATE state = PyGILState_Ensure();
      same = PyThreadState_Get() == kept;
      PyGILState_Release(state);
      same = same && CurrentState() == kept;
    });
    return same;
  });
}

TEST_F(GilTest, ThreadLocalPythonStateLivesOnBetweenScopes) {
  ExpectInChild([] {
    bool kept = false;
    InThread([&] {
      {
        const Gil gil;
        PyRun_SimpleString("import threading; local = threading.local(); local.x = 1");
      }
      const Gil gil;
      kept = PyRun_SimpleString("local.x") == 0;
    });
    return kept;
  });
}

TEST_F(GilTest, LetsOthersHaveTheLockForAScope) {
  ExpectInChild([] {
    const Gil gil;
    {
      const NoGil others;
      InThread([] { const Gil inner; });
    }
    return PyGILState_Check() == 1;
  });
}

TEST_F(GilTest, WorksInAChildThatPythonForkedInAnotherThread) {
  ExpectInChild([] {
    int status = -1;
    InThread([&] {
      pid_t child = -1;
      {
        const Gil gil;
        PyRun_SimpleString("import os; child = os.fork()");
        PyObject* main = PyImport_AddModule("__main__");
        PyObject* pid = PyObject_GetAttrString(main, "child");
        child = static_cast<pid_t>(PyLong_AsLong(pid));
        Py_XDECREF(pid);
      }
      if (child == 0) ::_exit(CurrentState() != nullptr ? 0 : 1);
      ::waitpid(child, &status, 0);
    });
    return status == 0;
  });
}

TEST_F(GilTest, AThreadThatEndsAfterTheInterpreterDoesNotWait) {
  EXPECT_EXIT(
      {
        auto interpreter = Interpreter::Start({.path_front = {}, .argv0 = "b"});
        int ends[2];
        if (::pipe(ends) != 0) ::_exit(1);
        std::optional<std::thread> thread;
        int ready[2];
        if (::pipe(ready) != 0) ::_exit(1);
        thread.emplace([&] {
          (void)CurrentState();
          char byte = 'x';
          (void)!::write(ready[1], &byte, 1);
          (void)!::read(ends[0], &byte, 1);
        });
        char byte = 0;
        (void)!::read(ready[0], &byte, 1);
        interpreter->reset();
        (void)!::write(ends[1], &byte, 1);
        thread->join();
        ::_exit(0);
      },
      ::testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace openfc::python
