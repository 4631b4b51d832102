// A whole instance: the real rloader with the real Python runtime.

#include "tests/fakes/limit.h"
#include "tests/fakes/platform.h"
#include "tests/fakes/program.h"
#include "tests/fakes/programs.h"
#include "tests/fakes/temp_dir.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <optional>
#include <string>

namespace openfc::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

constexpr const char* kEcho = "def handler(event, context):\n    return event\n";

class InstanceTest : public ::testing::Test {
 protected:
  ProgramOptions Options(const std::string& code) {
    code_.WriteFile("index.py", code);
    ProgramOptions options;
    options.environment = {{"FC_RUNTIME_API", platform_.address()},
                           {"FC_FUNC_CODE_PATH", code_.path().string()}};
    return options;
  }

  Program& Start(const ProgramOptions& options) { return rloader_.emplace("rloader", options); }

  Platform platform_;
  TempDir code_;
  std::optional<Program> rloader_;
};

TEST_F(InstanceTest, LogsToTheDescriptorOfThePlatformThroughRloader) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  const UniqueFd read_end(ends[0]);
  UniqueFd write_end(ends[1]);
  constexpr int kLogFd = 11;
  ProgramOptions options = Options(kEcho);
  options.environment["_FC_LOG_FD"] = std::to_string(kLogFd);
  options.descriptors = {{write_end.get(), kLogFd}};
  platform_.AnswerNext(Respond(500));

  Start(options);
  write_end.Reset();

  pollfd readable{.fd = read_end.get(), .events = POLLIN, .revents = 0};
  ASSERT_EQ(::poll(&readable, 1, std::chrono::milliseconds(kLimit).count()), 1);
  std::string log(4096, '\0');
  log.resize(static_cast<std::size_t>(::read(read_end.get(), log.data(), log.size())));
  EXPECT_THAT(log, StartsWith("\xed\xdb\xac\x9b"));
  EXPECT_THAT(log, HasSubstr("next_failed"));
}

TEST_F(InstanceTest, KeepsThePageApartFromALogThatStandsUnderItsNumber) {
  ProgramOptions options = Options(kEcho);
  options.arguments = {"-c", "exec 3>\"$LOG\"; exec \"$RLOADER\""};
  options.environment["RLOADER"] = ProgramPath("rloader");
  options.environment["LOG"] = (code_.path() / "log").string();
  options.environment["_FC_LOG_FD"] = "3";
  platform_.AnswerNext(Respond(500));
  platform_.AnswerNext(Invoke("r-1", "event"));

  rloader_.emplace("/bin/sh", options);

  const auto post = platform_.AwaitPostFor("r-1");
  ASSERT_TRUE(post);
  EXPECT_EQ(post->body, "event");
  EXPECT_GT(std::filesystem::file_size(code_.path() / "log"), 0U);
}

TEST_F(InstanceTest, LeavesWhenItIsRefusedWhateverThreadsUserCodeHas) {
  Program& rloader =
      Start(Options("import threading\n"
                    "threading.Thread(target=threading.Event().wait).start()\n"
                    "def handler(event, context):\n    return event\n"));
  platform_.AnswerNext(Invoke("r-1", "event"));
  for (int i = 0; i < 10; ++i) platform_.AnswerNext(Respond(403));

  const auto end = rloader.AwaitEnd();

  EXPECT_EQ(end, (ProgramEnd{.exit_code = 70, .signal = 0}));
  EXPECT_THAT(rloader.Family(), IsEmpty());
}

TEST_F(InstanceTest, ServesOnWithoutStandardStreams) {
  ProgramOptions options = Options(kEcho);
  options.arguments = {"-c", "exec \"$RLOADER\" <&- >&- 2>&-"};
  options.environment["RLOADER"] = ProgramPath("rloader");
  platform_.AnswerNext(Invoke("r-1", "one"));
  platform_.AnswerNext(Invoke("r-2", "two"));

  rloader_.emplace("/bin/sh", options);

  const auto post = platform_.AwaitPostFor("r-2");
  ASSERT_TRUE(post);
  EXPECT_EQ(post->body, "two");
}

TEST_F(InstanceTest, KeepsItsLogOutOfConnectionsWhenUserCodeClosesItsOutput) {
  Start(Options("import os\nos.close(1)\ndef handler(event, context):\n    return event\n"));
  platform_.AnswerNext(
      Raw("HTTP/1.1 200 OK\r\nx-fc-request-id: r-1\r\n"
          "x-fc-function-handler: index.handler\r\nContent-Length: 3\r\n"
          "Connection: close\r\n\r\none"));
  platform_.AnswerNext(Invoke("r-2", "two"));

  const auto post = platform_.AwaitPostFor("r-2");

  ASSERT_TRUE(post);
  EXPECT_EQ(post->body, "two");
  EXPECT_TRUE(rloader_->output().Await("FC Invoke End RequestId: r-2"));
}

TEST_F(InstanceTest, RefusesASettingThatSaysNonsenseBeforeItStartsAnything) {
  ProgramOptions options = Options(kEcho);
  options.environment["OPENFC_CONTEXT"] = "FC3";

  Program& rloader = Start(options);

  EXPECT_EQ(rloader.AwaitEnd(), (ProgramEnd{.exit_code = 2, .signal = 0}));
  EXPECT_THAT(rloader.output().err(), HasSubstr("OPENFC_CONTEXT is 'FC3'"));
  EXPECT_THAT(platform_.requests(), IsEmpty());
}

TEST_F(InstanceTest, HasNoMorePollsThanItCanWakeAtItsEnd) {
  ProgramOptions options = Options(kEcho);
  options.environment["FC_CONCURRENT_LIMIT"] = "513";
  platform_.AnswerNext(Respond(500));

  Program& rloader = Start(options);

  EXPECT_TRUE(rloader.output().Await("polls_limited asked=513 polls=512"));
}

}  // namespace
}  // namespace openfc::testing
