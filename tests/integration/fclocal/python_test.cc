// Functions in Python that go wrong, through fclocal, rloader and the real runtime.

#include "tests/integration/fclocal/fclocal_test.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace openfc::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

class FclocalPythonTest : public FclocalTest {
 protected:
  Invoked RunPython(const std::string& code, const Words& more = {}) {
    folder_.WriteFile("index.py", code);
    Words words = {"--code", "."};
    words.insert(words.end(), more.begin(), more.end());
    const Invoked invoked = Run(words);
    EXPECT_THAT(invoked.survivors, IsEmpty());
    return invoked;
  }

  /// The error type of an invocation that must fail with exit code 1.
  std::string FailureType(const std::string& code, const Words& more = {}) {
    const Invoked invoked = RunPython(code, more);
    EXPECT_EQ(invoked.exit_code, 1) << invoked.err;
    return invoked.json()["errorType"];
  }
};

TEST_F(FclocalPythonTest, ReturnsWhatTheHandlerReturns) {
  const Invoked invoked = RunPython(
      "def handler(event, context):\n    return context.function.memory\n", {"--memory", "192"});

  EXPECT_EQ(invoked.exit_code, 0) << invoked.err;
  EXPECT_EQ(invoked.out, "192");
}

TEST_F(FclocalPythonTest, FailsWhenTheHandlerCannotBeLoaded) {
  EXPECT_EQ(FailureType("", {"--handler", "missing.handler"}), "ImportModuleError");
  EXPECT_EQ(FailureType("", {"--handler", "index.missing"}), "HandlerNotFound");
  EXPECT_EQ(FailureType("", {"--handler", "nodot"}), "InvalidHandleName");
  EXPECT_EQ(FailureType("def handler(e, c)\n"), "UserCodeSyntaxError");
  EXPECT_EQ(FailureType("import no_such_module\n"), "ImportModuleError");
}

TEST_F(FclocalPythonTest, FailsWhenTheHandlerRaises) {
  EXPECT_EQ(FailureType("def handler(e, c):\n    raise KeyError('x')\n"), "KeyError");
}

TEST_F(FclocalPythonTest, FailsWhenTheProcessEnds) {
  EXPECT_EQ(FailureType("import os\ndef handler(e, c):\n    os._exit(3)\n"), "ProcessExited");
  const Invoked killed = RunPython("import os\ndef handler(e, c):\n    os.kill(os.getpid(), 9)\n");
  EXPECT_EQ(killed.exit_code, 1);
  EXPECT_THAT(killed.json()["errorMessage"].get<std::string>(),
              HasSubstr("killed by signal 9 (SIGKILL)"));
  EXPECT_THAT(killed.err, HasSubstr(", Error: Unhandled function error\n"));
}

TEST_F(FclocalPythonTest, FailsWhenTheMemoryIsUsedUp) {
  const Invoked invoked = RunPython(
      "def handler(e, c):\n    kept = []\n    while True:\n"
      "        kept.append(bytearray(b'x') * 1000000)\n",
      {"--memory", "128", "--timeout", "60"});

  EXPECT_EQ(invoked.exit_code, 1);
  EXPECT_EQ(invoked.json()["errorType"], "OutOfMemory");
  EXPECT_THAT(invoked.json()["errorMessage"].get<std::string>(),
              HasSubstr("memory limit of 128 MB reached"));
}

TEST_F(FclocalPythonTest, EndsAFunctionThatTakesTooLong) {
  const Invoked invoked =
      RunPython("import time\ndef handler(e, c):\n    time.sleep(1000)\n", {"--timeout", "1"});

  EXPECT_EQ(invoked.exit_code, 4);
  EXPECT_EQ(invoked.json()["errorType"], "FunctionTimeout");
}

TEST_F(FclocalPythonTest, EndsWhatIsDeafToSigterm) {
  const Invoked invoked = RunPython(
      "import os, signal, subprocess, time\n"
      "def handler(e, c):\n"
      "    signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
      "    subprocess.Popen(['setsid', 'sleep', '1000'])\n"
      "    if os.fork() == 0:\n"
      "        time.sleep(1000)\n"
      "    return 'left'\n");

  EXPECT_EQ(invoked.exit_code, 0) << invoked.err;
  EXPECT_EQ(invoked.out, "left");
}

TEST_F(FclocalPythonTest, ShowsAllThatTheFunctionPrinted) {
  const Invoked invoked = RunPython(
      "import sys\n"
      "def handler(e, c):\n"
      "    for i in range(20000):\n"
      "        print('line', i)\n"
      "        print('err', i, file=sys.stderr)\n"
      "    sys.stdout.write('the end')\n",
      {"--timeout", "60"});

  EXPECT_EQ(invoked.exit_code, 0);
  EXPECT_THAT(invoked.err, HasSubstr("line 19999\n"));
  EXPECT_THAT(invoked.err, HasSubstr("err 19999\n"));
  const auto end_line = invoked.err.find("the endFC Invoke End RequestId: ");
  ASSERT_NE(end_line, std::string::npos);
  EXPECT_LT(end_line, invoked.err.find("========= FC invoke Logs end ========="));
}

TEST_F(FclocalPythonTest, AsksAnHttpFunctionOfFc2) {
  folder_.WriteFile("s.yaml",
                    "edition: 1.0.0\nservices:\n  f:\n    component: fc\n    props:\n"
                    "      region: cn-hangzhou\n      service: {name: s}\n"
                    "      function: {name: f, runtime: python3, handler: index.handler, codeUri: "
                    ".}\n      triggers: [{name: t, type: http, config: {authType: anonymous, "
                    "methods: [GET, PUT]}}]\n");
  folder_.WriteFile("index.py",
                    "def handler(environ, start_response):\n"
                    "    start_response('418 odd', [])\n"
                    "    return [(environ['REQUEST_METHOD'] + environ['PATH_INFO']).encode()]\n");

  const Invoked plain = Run({});
  const Invoked put = Run({"--event-type", "http", "--set", "method=PUT", "--set", "path=/a"});

  EXPECT_EQ(plain.exit_code, 0) << plain.err;
  EXPECT_EQ(plain.out, "GET/");
  EXPECT_THAT(plain.err, HasSubstr("HTTP Status: 418"));
  EXPECT_EQ(put.out, "PUT/a");
  EXPECT_EQ(Run({"-e", "{}"}).exit_code, 2);
}

}  // namespace
}  // namespace openfc::testing
