#include "tests/unit/lang/python/function_test.h"

namespace openfc::python {
namespace {

class OwnModulesTest : public FunctionTest {};

TEST_F(OwnModulesTest, AFileOfTheUsersCannotTakeTheirPlace) {
  Write("_openfc/__init__.py", "raise SystemError('not ours')\n");
  Write("_openfc/encoder.py", "raise SystemError('not ours')\n");

  EXPECT_EQ(Answer("def handler(event, context): return [1]"), "[\n    1\n]");
}

TEST_F(OwnModulesTest, NothingOnDiskBelongsToTheirPackage) {
  EXPECT_EQ(Answer("import sys\n"
                   "def handler(event, context): return sys.modules['_openfc'].__path__\n"),
            "[]");
}

TEST_F(OwnModulesTest, AFileOfTheUsersMayHaveTheNameOfOneOfThem) {
  Write("encoder.py", "word = 'mine'\n");
  Write("logs.py", "word = 'too'\n");

  EXPECT_EQ(Answer("import encoder, logs\n"
                   "def handler(event, context): return encoder.word + ' ' + logs.word\n"),
            "mine too");
}

TEST_F(OwnModulesTest, LoadingThemLeavesThePathAsItWas) {
  EXPECT_EQ(Answer("import sys\nbefore = list(sys.path)\n"
                   "def handler(event, context): return sys.path == before and before[0] == '" +
                   code_.string() + "'\n"),
            "true");
}

TEST_F(OwnModulesTest, WhatTheyImportOfTheLibraryIsFoundThereAlone) {
  EXPECT_EQ(Answer("import subprocess, sys\n"
                   "code = '''import os, sys\n"
                   "before = set(sys.modules)\n"
                   "import atexit, binascii, contextvars, functools, importlib.util, io, json\n"
                   "import logging, threading, traceback, weakref\n"
                   "for name in set(sys.modules) - before:\n"
                   "    if '.' not in name and getattr(sys.modules[name], '__file__', None):\n"
                   "        print(name)\n"
                   "'''\n"
                   "def handler(event, context):\n"
                   "    run = [sys.executable, '-I', '-S', '-c', code]\n"
                   "    names = subprocess.run(run, stdout=subprocess.PIPE, check=True).stdout\n"
                   "    assert b'json' in names.split()\n"
                   "    known = sys.modules['_openfc'].LIBRARY\n"
                   "    return sorted(set(names.decode().split()) - known)\n"),
            "[]");
}

TEST_F(OwnModulesTest, AFileOfTheUsersMayTakeTheNameOfAModuleOfTheLibraryThatTheyUse) {
  Write("json.py", "def handler(event, context): return {'name': __name__}\n");

  EXPECT_EQ(TextOf(Invoke("json.handler")), "{\n    \"name\": \"json\"\n}");
}

TEST_F(OwnModulesTest, AChildForkedByAnImportNeverReachesTheHandler) {
  EXPECT_EQ(Answer("import os\nchild = os.fork()\n"
                   "def handler(event, context):\n"
                   "    if child == 0: os._exit(9)\n"
                   "    return os.waitpid(child, 0)[1]\n"),
            "0");
}

}  // namespace
}  // namespace openfc::python
