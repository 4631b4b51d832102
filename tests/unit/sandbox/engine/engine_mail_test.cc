#include "sandbox/engine/engine_mail.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace openfc::sandbox {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

RunEvents Deaf() {
  return {.on_end = [](const RunOutcome&) {}, .on_output = {}};
}

TEST(EngineMailTest, HasRoomForSoManyRunsAndNoMore) {
  EngineMail mail(2);
  ASSERT_TRUE(mail.Submit({}, Deaf()));
  ASSERT_TRUE(mail.Submit({}, Deaf()));

  EXPECT_EQ(mail.Submit({}, Deaf()).error().code, ErrorCode::kUnavailable);
  mail.NoteStarted();
  EXPECT_FALSE(mail.Submit({}, Deaf()));
  mail.NoteEnded(true);
  EXPECT_TRUE(mail.Submit({}, Deaf()));
}

TEST(EngineMailTest, HandsLettersOverOnce) {
  EngineMail mail(5);
  const auto id = mail.Submit({}, Deaf());
  ASSERT_TRUE(id);
  mail.Cancel(*id);

  const auto letters = mail.Take();
  EXPECT_THAT(letters.jobs, SizeIs(1));
  EXPECT_THAT(letters.cancelled, ElementsAre(*id));
  EXPECT_THAT(mail.Take().jobs, SizeIs(0));
}

TEST(EngineMailTest, TakesNothingOnceItIsClosed) {
  EngineMail mail(5);
  mail.Close();

  EXPECT_FALSE(mail.Submit({}, Deaf()));
}

TEST(EngineMailTest, CountsWhatRunsAndWhatWaits) {
  EngineMail mail(5);
  ASSERT_TRUE(mail.Submit({}, Deaf()));
  ASSERT_TRUE(mail.Submit({}, Deaf()));
  mail.NoteStarted();

  EXPECT_EQ(mail.load().running, 1U);
  EXPECT_EQ(mail.load().queued, 1U);
}

}  // namespace
}  // namespace openfc::sandbox
