// Each example, run as the README says: by fclocal, through rloader and the runtime.

#include "tests/fakes/program.h"
#include "tests/unit/runtime/http/raw_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace openfc::testing {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

struct Invoked {
  int exit_code = -1;
  std::string out;
  std::string err;

  nlohmann::json result() const { return nlohmann::json::parse(out); }
};

/// `fclocal invoke` of examples/NAME; `event` is a file in its folder.
Invoked InvokeExample(const std::string& name, const std::string& event) {
  const auto folder = std::filesystem::path(OPENFC_SOURCE_DIR) / "examples" / name;
  ProgramOptions options;
  options.arguments = {"invoke", "--code", folder.string(), "-f", (folder / event).string()};
  Program program("fclocal", options);
  const auto end = program.AwaitEnd();
  return {.exit_code = end ? end->exit_code : -1,
          .out = program.output().out(),
          .err = program.output().err()};
}

TEST(ExamplesTest, HelloGivesTheEventBackByteForByte) {
  const Invoked invoked = InvokeExample("hello", "event.json");

  EXPECT_EQ(invoked.exit_code, 0) << invoked.err;
  EXPECT_EQ(invoked.out, "{\"key\":\"value\"}");
}

TEST(ExamplesTest, TimerEventSaysWhenItFired) {
  const Invoked invoked = InvokeExample("timer_event", "event.json");

  ASSERT_EQ(invoked.exit_code, 0) << invoked.err;
  EXPECT_EQ(invoked.result(), nlohmann::json({{"trigger", "every-minute"},
                                              {"fired_at", "2026-01-02T03:04:05Z"},
                                              {"payload", "clean-up"},
                                              {"function", "timer_event"}}));
}

TEST(ExamplesTest, OssEventListsWhatWasCreated) {
  const Invoked invoked = InvokeExample("oss_event", "event.json");

  ASSERT_EQ(invoked.exit_code, 0) << invoked.err;
  EXPECT_EQ(invoked.result()["total_bytes"], 48213);
  EXPECT_EQ(invoked.result()["created"],
            nlohmann::json::parse(
                R"([{"bucket": "photos", "key": "2026/sunrise.jpg", "bytes": 48213}])"));
  EXPECT_THAT(invoked.err, HasSubstr("[INFO] 1 object(s) created"));
}

TEST(ExamplesTest, CounterCountsByTheEvent) {
  const Invoked invoked = InvokeExample("counter", "event.txt");

  ASSERT_EQ(invoked.exit_code, 0) << invoked.err;
  EXPECT_EQ(invoked.result()["count"], 2);
}

TEST(ExamplesTest, LifecycleOpensFirstAndClosesAtTheEnd) {
  const std::string root = OPENFC_SOURCE_DIR;
  ProgramOptions options;
  options.arguments = {"invoke", "hello",
                       "-c",     root + "/s.yaml.example",
                       "-f",     root + "/examples/lifecycle/event.json"};
  Program program("fclocal", options);

  EXPECT_EQ(program.AwaitEnd(), ProgramEnd{.exit_code = 0});

  EXPECT_EQ(nlohmann::json::parse(program.output().out()),
            nlohmann::json({{"fruit", "apples"}, {"price", 3}}));
  const std::string log = program.output().err();
  EXPECT_LT(log.find("opened, for hello-test\n"), log.find("FC Invoke Start"));
  EXPECT_LT(log.find("FC Invoke End"), log.find("closed, with 2 prices\n"));
  EXPECT_THAT(log, HasSubstr("closed, with 2 prices\n"));
}

TEST(ExamplesTest, RaisesShowsTypeTextAndTheFunctionsOwnFrames) {
  const Invoked invoked = InvokeExample("raises", "event.txt");

  ASSERT_EQ(invoked.exit_code, 1);
  const auto error = invoked.result();
  EXPECT_EQ(error["errorType"], "ValueError");
  EXPECT_EQ(error["errorMessage"], "cannot withdraw 50: the balance is 10");
  ASSERT_EQ(error["stackTrace"].size(), 2U);
  EXPECT_EQ(error["stackTrace"][0][2], "in handler");
  EXPECT_EQ(error["stackTrace"][1][2], "in withdraw");
}

TEST(ExamplesTest, LogsWritesItsLevelsAndUnicode) {
  const Invoked invoked = InvokeExample("logs", "event.txt");

  ASSERT_EQ(invoked.exit_code, 0) << invoked.err;
  EXPECT_EQ(invoked.out, "你好, Zoë");
  EXPECT_THAT(invoked.err, ContainsRegex("Z [A-Za-z0-9_-]+ \\[INFO\\] greeting Zoë\n"));
  EXPECT_THAT(invoked.err, HasSubstr("[WARNING] umlauts: äöü, emoji: 🎉\n"));
  EXPECT_THAT(invoked.err, HasSubstr("[ERROR] an error is only a level"));
  EXPECT_THAT(invoked.err, HasSubstr("printed as it is: 你好, Zoë\n"));
  EXPECT_THAT(invoked.err, HasSubstr("to stderr, in the same log\n"));
  EXPECT_THAT(invoked.err, Not(HasSubstr("not shown")));
}

TEST(ExamplesTest, ServerIsACustomRuntime) {
  ProgramOptions options;
  options.arguments = {"-u", OPENFC_SOURCE_DIR "/examples/server/server.py"};
  options.environment = {{"FC_CUSTOM_LISTEN_PORT", "0"}};  // Any that is free.
  Program server(OPENFC_PYTHON_PROGRAM, options);
  ASSERT_TRUE(server.output().Await("\n")) << server.output().err();  // The whole line.
  const std::string said = server.output().out();
  const auto port = std::stoi(said.substr(said.find("port ") + 5));
  http::RawClient client(static_cast<std::uint16_t>(port));

  client.Send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(client.ReadUntil("\r\n\r\n"), StartsWith("HTTP/1.1 200 "));

  client.Send(
      "POST /invoke HTTP/1.1\r\nHost: x\r\nx-fc-request-id: r-1\r\nContent-Length: "
      "3\r\n\r\nAda");
  EXPECT_THAT(client.ReadUntil("\r\n\r\n"), StartsWith("HTTP/1.1 200 "));
  EXPECT_EQ(client.Read(10), "hello, Ada");
  EXPECT_TRUE(server.output().Await("FC Invoke End RequestId: r-1"));
}

}  // namespace
}  // namespace openfc::testing
