#include "runtime/http/body_pipe.h"

#include "runtime/base/before_wait.h"
#include "runtime/http/body_source.h"
#include "tests/unit/runtime/http/ready.h"

#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <string>

namespace openfc::http {
namespace {

class BodyPipeTest : public ::testing::Test {
 protected:
  std::shared_ptr<BodyPipe> MakePipe(BodyPipe::Begins begins = BodyPipe::Begins::kEmpty) {
    return std::make_shared<BodyPipe>([this] { ++nudges_; }, begins);
  }

  std::atomic<int> nudges_ = 0;
};

TEST_F(BodyPipeTest, GivesWhatCameTogetherAndThenTheEnd) {
  const auto pipe = MakePipe();
  BodySource source(pipe);

  EXPECT_TRUE(pipe->Put("one "));
  EXPECT_TRUE(pipe->Put("two"));
  pipe->End();

  EXPECT_EQ(*source.Read(), "one two");
  EXPECT_EQ(*source.Read(), "");
  EXPECT_EQ(*source.Read(), "");
  EXPECT_EQ(nudges_, 0);
}

TEST_F(BodyPipeTest, RingsOnceForAReaderThatDoesNotWait) {
  const auto pipe = MakePipe();
  BodySource source(pipe);
  Ready ready;

  EXPECT_FALSE(source.TryRead(ready.callback()).has_value());
  EXPECT_TRUE(pipe->IsAwaited());
  pipe->Put("x");
  pipe->Put("y");

  EXPECT_EQ(ready.rung(), 1);
  EXPECT_FALSE(pipe->IsAwaited());
  const auto read = source.TryRead(ready.callback());
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(**read, "xy");
}

TEST_F(BodyPipeTest, RingsForEveryReaderThatWaits) {
  const auto pipe = MakePipe();
  BodySource source(pipe);
  Ready first;
  Ready second;
  EXPECT_FALSE(source.TryRead(first.callback()).has_value());
  EXPECT_FALSE(source.TryRead(second.callback()).has_value());

  pipe->Put("x");

  EXPECT_EQ(first.rung(), 1);
  EXPECT_EQ(second.rung(), 1);
}

TEST_F(BodyPipeTest, LetsEveryThreadGoThatReadsAtItsEnd) {
  const auto pipe = MakePipe();
  Ready ready;
  const auto take = [&pipe, &ready] {
    const GivesUpBeforeWait tells(ready.callback());
    return pipe->Take();
  };
  auto first = std::async(std::launch::async, take);
  auto second = std::async(std::launch::async, take);
  ready.Await();
  ready.Await();

  pipe->End();

  EXPECT_EQ(*first.get(), "");
  EXPECT_EQ(*second.get(), "");
}

TEST_F(BodyPipeTest, IsFullUntilItWasEmptied) {
  const auto pipe = MakePipe();
  BodySource source(pipe);

  EXPECT_FALSE(pipe->Put(std::string(BodyPipe::kEnough, 'x')));
  EXPECT_TRUE(pipe->IsFull());
  EXPECT_EQ(source.Read()->size(), BodyPipe::kEnough);

  EXPECT_FALSE(pipe->IsFull());
  EXPECT_EQ(nudges_, 1);
}

TEST_F(BodyPipeTest, ThatBeginsFullTellsOfItsFirstReader) {
  const auto pipe = MakePipe(BodyPipe::Begins::kFull);
  BodySource source(pipe);
  Ready ready;
  EXPECT_EQ(nudges_, 0);

  EXPECT_FALSE(source.TryRead(ready.callback()).has_value());

  EXPECT_EQ(nudges_, 1);
}

TEST_F(BodyPipeTest, ThatBeginsFullTellsOfAReaderThatBlocks) {
  std::promise<void> nudged;
  const auto pipe =
      std::make_shared<BodyPipe>([&nudged] { nudged.set_value(); }, BodyPipe::Begins::kFull);
  auto read = std::async(std::launch::async, [&pipe] { return BodySource(pipe).Read(); });

  nudged.get_future().wait();
  pipe->Put("invited");

  EXPECT_EQ(*read.get(), "invited");
}

TEST_F(BodyPipeTest, GivesUpWhatItsReaderHoldsBeforeItWaits) {
  const auto pipe = MakePipe();
  BodySource source(pipe);
  const GivesUpBeforeWait brings([&pipe] { pipe->Put("brought"); });
  pipe->Put("there");

  EXPECT_EQ(*source.Read(), "there");
  EXPECT_EQ(*source.Read(), "brought");
}

TEST_F(BodyPipeTest, GivesWhatCameBeforeAFailure) {
  const auto pipe = MakePipe();
  BodySource source(pipe);

  pipe->Put("half");
  pipe->Fail({ErrorCode::kCancelled, "gone"});
  pipe->End();

  EXPECT_EQ(*source.Read(), "half");
  EXPECT_EQ(source.Read().error().code, ErrorCode::kCancelled);
}

TEST_F(BodyPipeTest, DropsWhatNobodyWillRead) {
  const auto pipe = MakePipe();
  pipe->Put(std::string(BodyPipe::kEnough, 'x'));

  { const BodySource source(pipe); }

  EXPECT_EQ(nudges_, 1);
  EXPECT_TRUE(pipe->Put(std::string(BodyPipe::kEnough, 'y')));
}

}  // namespace
}  // namespace openfc::http
