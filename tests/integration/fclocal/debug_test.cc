// An IDE that attaches to an instance: a module stands in for debugpy.

#include "tests/integration/fclocal/start_test.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace openfc::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class DebugTest : public StartTest {
 protected:
  void DefineDebugpy() const {
    folder_.WriteFile("debugpy.py",
                      "def listen(address):\n    print('listen', address, flush=True)\n"
                      "def wait_for_client():\n"
                      "    open('gate').read()\n"
                      "    print('attached', flush=True)\n");
  }
};

constexpr const char* kCode =
    "print('imported', flush=True)\n"
    "def handler(event, context): return 'port ' + str(os.environ.get('OPENFC_DEBUG_PORT'))\n";

TEST_F(DebugTest, WaitsForAnIdeBeforeTheModuleIsImported) {
  Define(kCode);
  DefineDebugpy();
  const std::string gate = MakeGate();
  const auto program = Start({"--debug-port", "5678"});
  ASSERT_TRUE(program->output().Await("waiting for a debugger on 127.0.0.1:5678"));
  EXPECT_THAT(program->output().err(), HasSubstr("listen ('127.0.0.1', 5678)"));
  EXPECT_THAT(program->output().err(), Not(HasSubstr("imported")));

  OpenGate(gate);

  const Invoked invoked = AwaitEnd(*program);
  EXPECT_EQ(invoked.exit_code, 0) << invoked.err;
  EXPECT_THAT(invoked.out, HasSubstr("port "));
  EXPECT_THAT(invoked.err, ::testing::ContainsRegex("attached\n(.*\n)*imported"));
}

TEST_F(DebugTest, ServesTheCallsThatCameMeanwhile) {
  Define(kCode);
  DefineDebugpy();
  const std::string gate = MakeGate();
  Begin({"--debug-port", "5678"});
  auto first = CallF();
  auto second = CallF();
  ASSERT_TRUE(program_->output().Await("waiting for a debugger"));

  OpenGate(gate);

  EXPECT_EQ(first.Await().status, 200);
  EXPECT_EQ(second.Await().status, 200);
}

TEST_F(DebugTest, TriesAgainWhileThePortIsTaken) {
  Define(kCode);
  folder_.WriteFile("debugpy.py",
                    "import os\n"
                    "def listen(address):\n"
                    "    if os.path.exists('tried'): return\n"
                    "    open('tried', 'w').close()\n"
                    "    raise OSError('in use')\n"
                    "def wait_for_client(): pass\n");

  EXPECT_EQ(Run({"--debug-port", "5678"}).exit_code, 0);
}

TEST_F(DebugTest, SaysThatDebugpyIsMissing) {
  Define(kCode);
  folder_.WriteFile("debugpy.py", "raise ImportError('not really here')\n");

  const Invoked refused = Run({"--debug-port", "5678"});

  EXPECT_EQ(refused.exit_code, 3);
  EXPECT_THAT(refused.err, HasSubstr("-m pip install debugpy"));
}

TEST_F(DebugTest, WritesAnEntryForVsCode) {
  Define(kCode);
  folder_.WriteFile("debugpy.py", "def listen(a): pass\ndef wait_for_client(): pass\n");

  ASSERT_EQ(Run({"--debug-port", "5678", "--vscode"}).exit_code, 0);

  const auto written =
      nlohmann::json::parse(std::ifstream(folder_.path() / ".vscode" / "launch.json"));
  EXPECT_EQ(written["configurations"][0]["name"], "fclocal: f");
  EXPECT_EQ(written["configurations"][0]["connect"]["port"], 5678);
}

TEST_F(DebugTest, WantsAPort) {
  Define(kCode);

  EXPECT_EQ(Run({"--debug-port", "0"}).exit_code, 2);
  EXPECT_EQ(Run({"--vscode"}).exit_code, 2);
  EXPECT_EQ(RunCommand({"start", "--debug-port", "x"}).exit_code, 2);
}

}  // namespace
}  // namespace openfc::testing
