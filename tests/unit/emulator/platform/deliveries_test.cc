#include "emulator/platform/deliveries.h"

#include "tests/fakes/limit.h"
#include "tests/fakes/peer.h"
#include "tests/fakes/temp_dir.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>

#include <fstream>

namespace openfc::emulator {
namespace {

using openfc::testing::Peer;
using ::testing::HasSubstr;
using ::testing::Optional;

class LetterTest : public ::testing::Test {
 protected:
  LetterTest() {
    config_.on_success = "file:good";
    config_.on_failure = "http://127.0.0.1:1/bad";
    config_.max_retries = 2;
    config_.max_age = std::chrono::seconds(77);
  }

  std::optional<NewTask> LetterOf(TaskState state) const {
    return Deliveries::LetterAbout({.request_id = "r-1", .state = state, .payload = "event"},
                                   config_, {.function_arn = "acs:f"});
  }

  AsyncConfig config_;
};

TEST_F(LetterTest, IsATaskForTheDestinationOfThatEnd) {
  const auto letter = LetterOf(TaskState::kSucceeded);

  ASSERT_TRUE(letter);
  EXPECT_TRUE(Deliveries::IsLetter(letter->function));
  EXPECT_THAT(letter->function, HasSubstr("file:good"));
  EXPECT_THAT(letter->payload, HasSubstr("\"requestPayload\":\"event\""));
  EXPECT_EQ(letter->headers, "r-1");
  EXPECT_EQ(letter->max_retries, 2);
  EXPECT_EQ(letter->max_age, std::chrono::seconds(77));
  EXPECT_THAT(LetterOf(TaskState::kFailed)->function, HasSubstr("http://127.0.0.1:1/bad"));
  EXPECT_THAT(LetterOf(TaskState::kExpired)->function, HasSubstr("http://127.0.0.1:1/bad"));
}

TEST_F(LetterTest, IsWrittenOnlyWhereSomebodyWantsToKnow) {
  EXPECT_FALSE(LetterOf(TaskState::kRetrying));
  EXPECT_FALSE(LetterOf(TaskState::kStopped));
  config_.on_success.clear();
  EXPECT_FALSE(LetterOf(TaskState::kSucceeded));
}

TEST_F(LetterTest, HasAnIdOfItsOwn) {
  EXPECT_NE(LetterOf(TaskState::kFailed)->request_id, LetterOf(TaskState::kFailed)->request_id);
}

TEST_F(LetterTest, IsNoFunctionsTask) { EXPECT_FALSE(Deliveries::IsLetter("s$f")); }

/// Without functions.
class DeliveriesTest : public ::testing::Test {
 protected:
  DeliveriesTest()
      : loop_(*PlatformLoop::Make()),
        deliveries_(functions_, *loop_, folder_.path().string(), [](FunctionPool&, Call, auto) {}) {
  }

  AttemptEnd Deliver(const std::string& destination) {
    AsyncConfig config;
    config.on_success = destination;
    const auto letter = Deliveries::LetterAbout({.state = TaskState::kSucceeded, .payload = "p"},
                                                config, {.function_arn = "acs:f"});
    std::optional<AttemptEnd> end;
    deliveries_.Deliver({.function = letter->function, .payload = letter->payload},
                        [&end](AttemptEnd what) { end = std::move(what); });
    const UniqueFd ready = *loop_->Readiness();
    while (!end) {
      pollfd entry{.fd = ready.get(), .events = POLLIN, .revents = 0};
      if (::poll(&entry, 1,
                 static_cast<int>(openfc::testing::kLimit / std::chrono::milliseconds(1))) == 0) {
        throw std::runtime_error("nothing was told");
      }
      loop_->Turn();
    }
    return *end;
  }

  /// To an URL that answers so.
  AttemptEnd Post(const std::string& status) {
    Peer peer([&status](Peer& self) {
      self.Accept();
      self.ReadRequest();
      self.Send("HTTP/1.1 " + status + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    });
    return Deliver("http://127.0.0.1:" + std::to_string(peer.port()) + "/");
  }

  openfc::testing::TempDir folder_;
  FunctionTable functions_;
  std::unique_ptr<PlatformLoop> loop_;
  Deliveries deliveries_;
};

TEST_F(DeliveriesTest, WriteALineBesideTheServiceFile) {
  EXPECT_EQ(Deliver("file:done.jsonl").result, AttemptResult::kSucceeded);

  std::string line;
  std::getline(std::ifstream(folder_.path() / "done.jsonl"), line);
  EXPECT_THAT(line, HasSubstr("\"requestPayload\":\"p\""));
}

TEST_F(DeliveriesTest, WaitForAFolderThatIsNotThere) {
  const AttemptEnd end = Deliver("file:no/such.jsonl");

  EXPECT_EQ(end.result, AttemptResult::kRefused);
  EXPECT_THAT(end.detail, HasSubstr("no/such.jsonl"));
}

TEST_F(DeliveriesTest, WaitForAFunctionThatIsNotThere) {
  const AttemptEnd end = Deliver("g");

  EXPECT_EQ(end.result, AttemptResult::kRefused);
  EXPECT_THAT(end.detail, HasSubstr("g"));
}

TEST_F(DeliveriesTest, WaitForAnUrlThatIsAwayOrBusy) {
  EXPECT_EQ(Deliver("http://127.0.0.1:1/").result, AttemptResult::kRefused);
  EXPECT_EQ(Post("503 Service Unavailable").result, AttemptResult::kRefused);
  EXPECT_EQ(Post("429 Too Many Requests").result, AttemptResult::kRefused);
}

TEST_F(DeliveriesTest, TakeARefusalForAnErrorThatIsTriedAFewTimes) {
  const AttemptEnd end = Post("404 Not Found");

  EXPECT_EQ(end.result, AttemptResult::kFunctionError);
  EXPECT_EQ(end.detail, "it answered with status 404");
}

TEST_F(DeliveriesTest, ArriveWhereAnUrlTakesThem) {
  EXPECT_EQ(Post("204 No Content").result, AttemptResult::kSucceeded);
}

TEST_F(DeliveriesTest, CannotBeMadeToWhatIsNoDestination) {
  EXPECT_EQ(Deliver("acs:mns:x").result, AttemptResult::kInvalid);
}

}  // namespace
}  // namespace openfc::emulator
