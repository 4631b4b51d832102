#include "lang/python/interpreter/fork.h"

#include "lang/python/interpreter/gil.h"
#include "lang/python/interpreter/interpreter.h"
#include "runtime/base/unique_fd.h"

#include <Python.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <latch>
#include <thread>

namespace openfc::python {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;

class ForkTest : public ::testing::Test {
 protected:
  /// Runs `check` in a child of its own, in which an interpreter runs.
  static void ExpectInChild(const std::function<bool()>& check) {
    EXPECT_EXIT(
        {
          const auto interpreter = Interpreter::Start({.path_front = {}, .argv0 = "b"});
          const Gil gil;
          ::_exit(interpreter && check() ? 0 : 1);
        },
        ::testing::ExitedWithCode(0), "");
  }

  static bool Run(const char* code) { return PyRun_SimpleString(code) == 0; }

  /// What `check` says in a child of Fork().
  static bool HoldsInForked(const std::function<bool()>& check) {
    const auto child = Fork();
    if (!child) return false;
    if (*child == 0) ::_exit(check() ? 0 : 1);
    int status = -1;
    return ::waitpid(*child, &status, 0) == *child && status == 0;
  }
};

TEST_F(ForkTest, RunsThePythonOfTheChild) {
  ExpectInChild([] { return HoldsInForked([] { return Run("import json; json.loads('[1]')"); }); });
}

TEST_F(ForkTest, RunsThePythonOfTheParentAfterwards) {
  ExpectInChild([] { return HoldsInForked([] { return true; }) && Run("x = 1"); });
}

TEST_F(ForkTest, RunsTheHooksOfTheChild) {
  ExpectInChild([] {
    return Run("import os; seen = []; os.register_at_fork(after_in_child=lambda: "
               "seen.append(1))") &&
           HoldsInForked([] { return Run("assert seen == [1]"); }) && Run("assert seen == []");
  });
}

TEST_F(ForkTest, ReseedsRandomInTheChild) {
  ExpectInChild([] {
    return Run("import random; state = random.getstate()") &&
           HoldsInForked([] { return Run("assert random.getstate() != state"); });
  });
}

TEST_F(ForkTest, TheChildCanForkAgainAndUseScopesOfTheGil) {
  ExpectInChild([] {
    return HoldsInForked([] {
      const Gil inner;
      return HoldsInForked([] { return Run("import threading"); });
    });
  });
}

TEST_F(ForkTest, WhatStandsBeforeItIsFrozen) {
  ExpectInChild([] {
    return Run("import gc; before = gc.get_freeze_count()") && PrepareFork() &&
           Run("assert gc.get_freeze_count() > before + 1000");
  });
}

TEST(ForkHazardsTest, AProcessOfOneThreadAndNoSocketHasNone) {
#if defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "the sanitizer has a thread of its own";
#endif
  EXPECT_EXIT(
      {
        const ForkHazards hazards = FindForkHazards();
        ::_exit(hazards.threads.empty() && hazards.sockets.empty() ? 0 : 1);
      },
      ::testing::ExitedWithCode(0), "");
}

TEST(ForkHazardsTest, NamesTheOtherThreads) {
#if defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "the sanitizer has a thread of its own";
#endif
  std::latch named(1);
  std::latch go(1);
  std::jthread thread([&] {
    ::pthread_setname_np(::pthread_self(), "users-thread");
    named.count_down();
    go.wait();
  });
  named.wait();

  EXPECT_THAT(FindForkHazards().threads, ElementsAre("users-thread"));

  go.count_down();
}

TEST(ForkHazardsTest, NamesSocketsThatAreNotTheCallers) {
  const UniqueFd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const std::string named = "fd " + std::to_string(socket.get());

  EXPECT_THAT(FindForkHazards().sockets, Contains(::testing::StartsWith(named + " (socket:[")));
  EXPECT_THAT(FindForkHazards({socket.get()}).sockets,
              ::testing::Not(Contains(::testing::StartsWith(named + " "))));
}

}  // namespace
}  // namespace openfc::python
