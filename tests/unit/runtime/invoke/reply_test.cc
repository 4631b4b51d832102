#include "runtime/invoke/reply.h"

#include "tests/fakes/fake_reply.h"

#include <gtest/gtest.h>

#include <thread>

namespace openfc {
namespace {

using testing::MakeFakeReply;
using testing::ReplyRecord;

TEST(ReplyTest, SendsItsAnswerToTheDoor) {
  ReplyRecord record;

  MakeFakeReply(record).Send(Response{.body = "done", .http_params = {}});

  ASSERT_TRUE(record.sent);
  EXPECT_EQ(std::get<Response>(*record.sent).body, "done");
  EXPECT_FALSE(record.abandoned);
}

TEST(ReplyTest, TellsTheDoorWhenItIsLetGoUnanswered) {
  ReplyRecord record;

  { const Reply reply = MakeFakeReply(record); }

  EXPECT_TRUE(record.abandoned);
  EXPECT_FALSE(record.sent);
}

TEST(ReplyTest, TellsTheDoorThatTheHandlerEndsItself) {
  ReplyRecord record;
  Reply reply = MakeFakeReply(record);

  reply.EndsItselfAtDeadline();

  EXPECT_TRUE(record.ends_itself);
  EXPECT_TRUE(reply.is_open());
}

TEST(ReplyTest, IsAnsweredOnceHoweverOftenItMoves) {
  ReplyRecord record;
  Reply first = MakeFakeReply(record);
  Reply second = std::move(first);

  EXPECT_FALSE(first.is_open());  // NOLINT(bugprone-use-after-move): what is left is the point.
  std::move(second).Send(Failure{.type = "E", .document = "{}"});

  EXPECT_TRUE(record.sent);
  EXPECT_FALSE(record.abandoned);
}

TEST(ReplyTest, LetsTheOldOneGoWhenItIsAssignedAnother) {
  ReplyRecord old_record;
  ReplyRecord new_record;
  Reply reply = MakeFakeReply(old_record);

  reply = MakeFakeReply(new_record);

  EXPECT_TRUE(old_record.abandoned);
  EXPECT_FALSE(new_record.abandoned);
}

TEST(ReplyTest, MayBeUsedFromAnotherThread) {
  ReplyRecord record;
  Reply reply = MakeFakeReply(record);

  std::thread([reply = std::move(reply)]() mutable {
    std::move(reply).Send(Response{.body = "elsewhere", .http_params = {}});
  }).join();

  EXPECT_TRUE(record.sent);
}

TEST(ReplyTest, StreamsWhereTheDoorDoes) {
  ReplyRecord record;
  Reply reply = MakeFakeReply(record, /*can_stream=*/true);

  auto writer = reply.Begin({.status = 206, .headers = {{"x", "y"}}});
  ASSERT_TRUE(writer);
  EXPECT_TRUE((*writer)->Write("one "));
  EXPECT_TRUE((*writer)->Write("two"));
  EXPECT_TRUE((*writer)->Finish());

  EXPECT_FALSE(reply.is_open());
  EXPECT_EQ(record.begun->status, 206);
  EXPECT_EQ(record.streamed, "one two");
  EXPECT_TRUE(record.finished);
}

TEST(ReplyTest, CanStillBeAnsweredAfterTheDoorRefusedToStream) {
  ReplyRecord record;
  Reply reply = MakeFakeReply(record, /*can_stream=*/false);

  const auto writer = reply.Begin({});
  EXPECT_FALSE(writer);
  std::move(reply).Send(Response{.body = "whole", .http_params = {}});

  EXPECT_TRUE(record.sent);
}

}  // namespace
}  // namespace openfc
