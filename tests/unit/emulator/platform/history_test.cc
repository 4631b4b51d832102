#include "emulator/platform/history.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace openfc::emulator {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class HistoryTest : public ::testing::Test {
 protected:
  void Add(const std::string& function, const std::string& id,
           CallResult result = {.outcome = Response{}}) {
    Call call;
    call.request_id = id;
    history_.Add(function, call, result);
  }
  std::vector<std::string> IdsAfter(std::uint64_t sequence, const std::string& function = "") {
    std::vector<std::string> ids;
    for (const CallRecord& record : history_.After(sequence, function)) {
      ids.push_back(record.request_id);
    }
    return ids;
  }

  History history_{3};
};

TEST_F(HistoryTest, GivesWhatCameAfterASequence) {
  Add("f", "1");
  const auto last = history_.last_sequence();
  Add("f", "2");
  Add("g", "3");

  EXPECT_THAT(IdsAfter(0), ElementsAre("1", "2", "3"));
  EXPECT_THAT(IdsAfter(last), ElementsAre("2", "3"));
  EXPECT_THAT(IdsAfter(last, "g"), ElementsAre("3"));
  EXPECT_THAT(IdsAfter(history_.last_sequence()), IsEmpty());
}

TEST_F(HistoryTest, ForgetsTheOldest) {
  for (const char* const id : {"1", "2", "3", "4"}) Add("f", id);

  EXPECT_THAT(IdsAfter(0), ElementsAre("2", "3", "4"));
}

TEST_F(HistoryTest, TellsHowACallWent) {
  Add("f", "1",
      {.outcome = FunctionError{.fc_type = "UnhandledInvocationError",
                                .failure = {.type = "ValueError", .document = "{}"}}});
  Add("f", "2",
      {.outcome = PlatformError{.status = 429, .code = "ResourceExhausted", .message = ""}});
  Add("f", "3");

  const auto records = history_.After(0, "");
  EXPECT_EQ(records[0].error_type, "ValueError");
  EXPECT_FALSE(records[0].is_ok);
  EXPECT_EQ(records[1].error_type, "ResourceExhausted");
  EXPECT_EQ(records[2].error_type, "");
  EXPECT_TRUE(records[2].is_ok);
}

TEST_F(HistoryTest, TellsWhoWaitsOnce) {
  int told = 0;
  history_.WhenAdded([&] { ++told; });

  Add("f", "1");
  Add("f", "2");

  EXPECT_EQ(told, 1);
}

}  // namespace
}  // namespace openfc::emulator
