// Timer triggers of a real `fclocal start`.

#include "tests/fakes/limit.h"
#include "tests/integration/fclocal/start_test.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace openfc::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;

class TimerTest : public StartTest {
 protected:
  static std::string Timers(const std::string& first, const std::string& second) {
    return "      triggers:\n"
           "        - {triggerName: tick, triggerType: timer, triggerConfig: {" +
           first +
           "}}\n"
           "        - {triggerName: tock, triggerType: timer, triggerConfig: {" +
           second + "}}\n";
  }
};

constexpr const char* kPrints =
    "def handler(event, context): print('fired ' + event.decode(), flush=True)\n";

TEST_F(TimerTest, FireWithTheirEvent) {
  Define(kPrints, Timers("cronExpression: '@every 1s', enable: true, payload: '{\"n\":1}'",
                         "cronExpression: '* * * * * *', enable: false, payload: never"));
  Begin();

  ASSERT_TRUE(program_->output().Await("\"triggerName\":\"tick\""));

  const std::string said = program_->output().err();
  const auto at = said.find("fired ") + 6;
  const auto event = nlohmann::json::parse(said.substr(at, said.find('\n', at) - at));
  EXPECT_EQ(event["payload"], "{\"n\":1}");
  EXPECT_THAT(event["triggerTime"].get<std::string>(),
              MatchesRegex("20[0-9-]+T[0-9]{2}:[0-9]{2}:[0-9]{2}Z"));
  EXPECT_THAT(said, Not(HasSubstr("tock")));
}

TEST_F(TimerTest, FireAgainAndAgain) {
  Define(
      "n = 0\n"
      "def handler(event, context):\n"
      "    global n\n"
      "    n += 1\n"
      "    print('firing %d.' % n, flush=True)\n",
      Timers("cronExpression: '* * * * * *', enable: true",
             "cronExpression: '@every 1h', enable: true"));
  Begin();

  EXPECT_TRUE(program_->output().Await("firing 3."));
}

TEST_F(TimerTest, ArePartOfWhatIsShown) {
  Define(kPrints, Timers("cronExpression: '@every 1h', enable: true",
                         "cronExpression: '@every 1h', enable: false"));
  Begin();

  const auto timers = RunCommand({"ps", "--json"}).json()["functions"][0]["timers"];

  EXPECT_GT(timers[0]["next"].get<long>(), 1700000000000);
  EXPECT_EQ(timers[1]["next"], nullptr);
  EXPECT_THAT(RunCommand({"ps"}).out, ::testing::ContainsRegex("tick in (59|60) min, tock off"));
}

TEST_F(TimerTest, AreRefusedWithASentenceWhenTheyCannotBeUnderstood) {
  Define(kPrints, Timers("cronExpression: '@every 1s', enable: true",
                         "cronExpression: 'every now and then', enable: true"));

  const Invoked refused = RunCommand({"start", "--port", "0"});

  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.err, HasSubstr("fclocal: the timer tock of f: "));
}

}  // namespace
}  // namespace openfc::testing
