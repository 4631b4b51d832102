// An s.yaml that changes while a real `fclocal start` serves its functions.

#include "tests/integration/fclocal/start_test.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace openfc::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ServiceReloadTest : public StartTest {
 protected:
  void SetUp() override {
    folder_.WriteFile("code/index.py",
                      "import os\n"
                      "def handler(event, context):\n"
                      "    if event == b'wait':\n"
                      "        print('waiting', flush=True)\n"
                      "        open('../gate').read()\n"
                      "    return os.environ.get('MODE', 'none')\n");
  }

  /// Functions by name, with further lines of their properties.
  void WriteServices(const std::map<std::string, std::string>& functions) const {
    std::string text = "edition: 3.0.0\nresources:\n";
    for (const auto& [name, props] : functions) {
      text += "  " + name + ":\n    component: fc3\n    props:\n      region: cn-hangzhou\n" +
              "      functionName: " + name +
              "\n      runtime: python3.10\n      handler: index.handler\n"
              "      timeout: 600\n" +
              (props.find("code:") == std::string::npos ? "      code: ./code\n" : "") + props;
    }
    folder_.WriteFile("s.yaml", text);
  }
  static std::string Mode(const std::string& mode) {
    return "      environmentVariables: {MODE: " + mode + "}\n";
  }
  bool Says(const std::string& sentence) const { return program_->output().Await(sentence); }
  PlatformAnswer InvokeG() const { return Ask("POST", "/2023-03-30/functions/g/invocations", "x"); }
};

TEST_F(ServiceReloadTest, ServesAFunctionAsItIsDescribedNow) {
  WriteServices({{"f", Mode("one")}});
  Begin();
  ASSERT_EQ(InvokeF().body, "one");

  WriteServices({{"f", Mode("another")}});

  ASSERT_TRUE(Says("f has changed in the s.yaml: new instances"));
  EXPECT_EQ(InvokeF().body, "another");
  EXPECT_THAT(StopIt().survivors, IsEmpty());
}

TEST_F(ServiceReloadTest, ServesAFunctionThatIsAdded) {
  WriteServices({{"f", Mode("one")}});
  Begin();

  WriteServices({{"f", Mode("one")}, {"g", Mode("other")}});

  ASSERT_TRUE(Says("g is new in the s.yaml: it is served"));
  EXPECT_EQ(InvokeG().body, "other");
  EXPECT_EQ(InvokeF().body, "one");
  EXPECT_EQ(program_->output().err().find("f has changed"), std::string::npos);
}

TEST_F(ServiceReloadTest, NoticesTheCodeOfAFunctionThatIsAdded) {
  WriteServices({{"f", Mode("one")}});
  Begin();
  folder_.WriteFile("other/index.py", "def handler(event, context): return 'first'\n");
  WriteServices({{"f", Mode("one")}, {"g", "      code: ./other\n"}});
  ASSERT_TRUE(Says("g is new in the s.yaml: it is served"));
  ASSERT_EQ(InvokeG().body, "first");

  folder_.WriteFile("other/index.py", "def handler(event, context): return 'the second'\n");

  EXPECT_EQ(InvokeG().body, "the second");
}

TEST_F(ServiceReloadTest, EndsAFunctionThatIsTakenAwayAfterItsLastCall) {
  WriteServices({{"f", Mode("one")}, {"g", ""}});
  const std::string gate = MakeGate();
  Begin();
  auto call = CallF("wait");
  ASSERT_TRUE(Says("waiting"));

  WriteServices({{"g", ""}});

  ASSERT_TRUE(Says("f is not in the s.yaml any more: it is not served"));
  EXPECT_EQ(InvokeF().status, 404);
  OpenGate(gate);
  EXPECT_EQ(call.Await().body, "one");
  EXPECT_EQ(InvokeG().body, "none");
  EXPECT_THAT(StopIt().survivors, IsEmpty());
}

TEST_F(ServiceReloadTest, LeavesACallInFlightAsItWas) {
  WriteServices({{"f", Mode("one")}});
  const std::string gate = MakeGate();
  Begin();
  auto call = CallF("wait");
  ASSERT_TRUE(Says("waiting"));

  WriteServices({{"f", Mode("another")}});

  ASSERT_TRUE(Says("f has changed in the s.yaml"));
  EXPECT_EQ(InvokeF().body, "another");
  OpenGate(gate);
  EXPECT_EQ(call.Await().body, "one");
}

TEST_F(ServiceReloadTest, ServesAsBeforeWhileTheFileIsBroken) {
  WriteServices({{"f", Mode("one")}});
  Begin();

  folder_.WriteFile("s.yaml", "edition: 3.0.0\nresources: [\n");

  ASSERT_TRUE(Says("the s.yaml has changed, but cannot be used, and all is served as before: "));
  EXPECT_EQ(InvokeF().body, "one");
  WriteServices({{"f", Mode("another")}});
  ASSERT_TRUE(Says("f has changed in the s.yaml"));
  EXPECT_EQ(InvokeF().body, "another");
}

TEST_F(ServiceReloadTest, ServesAsBeforeWithATimerThatCannotBeUnderstood) {
  WriteServices({{"f", Mode("one")}});
  Begin();

  WriteServices({{"f",
                  "      triggers: [{triggerName: t, triggerType: timer, triggerConfig: "
                  "{cronExpression: '@every now', enable: true}}]\n"}});

  ASSERT_TRUE(Says("the timer t of f"));
  EXPECT_EQ(InvokeF().body, "one");
}

TEST_F(ServiceReloadTest, FiresTheTimersOfNow) {
  const auto timer = [](const std::string& every) {
    return "      triggers: [{triggerName: " + every +
           ", triggerType: timer, triggerConfig: {cronExpression: '@every " + every +
           "', enable: true}}]\n";
  };
  WriteServices({{"f", timer("1m")}});
  Begin();

  WriteServices({{"f", timer("7m")}});

  ASSERT_TRUE(Says("f has changed in the s.yaml"));
  const std::string shown = RunCommand({"ps"}).out;
  EXPECT_THAT(shown, HasSubstr("7m in "));
  EXPECT_THAT(shown, ::testing::Not(HasSubstr("1m in ")));
}

TEST_F(ServiceReloadTest, GivesWhatSeveralFunctionsHaveInCommonOneNotice) {
  WriteServices({{"f", "      description: one\n"}, {"g", "      description: two\n"}});
  Begin();

  const std::string said = program_->output().err();
  const auto at = said.find("notice: ");
  ASSERT_NE(at, std::string::npos) << said;
  const std::string notice = said.substr(at, said.find('\n', at) - at);
  EXPECT_EQ(said.find(notice, at + 1), std::string::npos) << said;
}

TEST_F(ServiceReloadTest, IsLeftOutOnDemand) {
  WriteServices({{"f", Mode("one")}});
  Begin({"--no-reload"});
  WriteServices({{"f", Mode("another")}});

  EXPECT_EQ(InvokeF().body, "one");
  EXPECT_EQ(InvokeF().body, "one");
  EXPECT_EQ(StopIt().err.find("has changed"), std::string::npos);
}

}  // namespace
}  // namespace openfc::testing
