#include "runtime/http/answer_stream.h"

#include "runtime/base/before_wait.h"
#include "runtime/http/answer_writer.h"
#include "tests/unit/runtime/http/ready.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>
#include <string>

namespace openfc::http {
namespace {

using End = AnswerStream::End;

class AnswerStreamTest : public ::testing::Test {
 protected:
  std::atomic<int> nudges_ = 0;
  const std::shared_ptr<AnswerStream> stream_ =
      std::make_shared<AnswerStream>([this] { ++nudges_; });
  std::unique_ptr<AnswerWriter> writer_ = std::make_unique<AnswerWriter>(stream_);
  const std::string much_ = std::string(AnswerStream::kEnough, 'x');
};

TEST_F(AnswerStreamTest, TakesChunksUntilItIsEnough) {
  Ready ready;

  EXPECT_TRUE(*writer_->TryWrite("a", ready.callback()));
  EXPECT_FALSE(*writer_->TryWrite(much_, ready.callback()));

  EXPECT_EQ(nudges_, 1);
  EXPECT_EQ(ready.rung(), 0);
  EXPECT_EQ(stream_->Take().bytes, "a" + much_);
}

TEST_F(AnswerStreamTest, IsReadyAgainWhenTheKernelHasHalfOfIt) {
  Ready ready;
  ASSERT_FALSE(*writer_->TryWrite(much_, ready.callback()));

  stream_->Take();
  stream_->SetUnsent(AnswerStream::kEnough / 2 + 1);
  EXPECT_EQ(ready.rung(), 0);
  stream_->SetUnsent(AnswerStream::kEnough / 2);

  EXPECT_EQ(ready.rung(), 1);
}

TEST_F(AnswerStreamTest, RingsForEveryWriterThatWaits) {
  Ready first;
  Ready second;
  ASSERT_FALSE(*writer_->TryWrite(much_, first.callback()));
  ASSERT_FALSE(*writer_->TryWrite("more", second.callback()));
  ASSERT_FALSE(*stream_->Put("of one that does not", nullptr));

  stream_->Take();
  stream_->SetUnsent(0);

  EXPECT_EQ(first.rung(), 1);
  EXPECT_EQ(second.rung(), 1);
}

TEST_F(AnswerStreamTest, RingsForEveryWriterThatWaitsWhenItIsComplete) {
  Ready ready;
  ASSERT_FALSE(*writer_->TryWrite(much_, ready.callback()));
  ASSERT_TRUE(writer_->Finish().has_value());

  EXPECT_EQ(stream_->Take().end, End::kComplete);
  stream_->MarkGone();  // As the connection does with a stream that is over.

  EXPECT_EQ(ready.rung(), 1);
}

TEST_F(AnswerStreamTest, LetsEveryThreadGoThatWaits) {
  Ready ready;
  ASSERT_TRUE(writer_->Write(much_).has_value());
  const auto await = [this, &ready] {
    const GivesUpBeforeWait tells(ready.callback());
    return stream_->AwaitRoom();
  };
  auto first = std::async(std::launch::async, await);
  auto second = std::async(std::launch::async, await);
  ready.Await();
  ready.Await();

  stream_->Take();
  stream_->SetUnsent(0);

  EXPECT_TRUE(first.get().has_value());
  EXPECT_TRUE(second.get().has_value());
}

TEST_F(AnswerStreamTest, BlocksAWriterUntilThereIsRoom) {
  ASSERT_TRUE(writer_->Write(much_).has_value());
  auto second = std::async(std::launch::async, [this] { return writer_->Write("more"); });

  stream_->Take();
  stream_->SetUnsent(0);

  EXPECT_TRUE(second.get().has_value());
  EXPECT_EQ(stream_->Take().bytes, "more");
}

TEST_F(AnswerStreamTest, GivesUpWhatItsWriterHoldsBeforeItWaits) {
  int times = 0;
  const GivesUpBeforeWait makes_room([this, &times] {
    ++times;
    stream_->Take();
    stream_->SetUnsent(0);
  });

  ASSERT_TRUE(writer_->Write(much_).has_value());
  EXPECT_EQ(times, 0);
  ASSERT_TRUE(writer_->Write("more").has_value());

  EXPECT_EQ(times, 1);
}

TEST_F(AnswerStreamTest, EndsAfterItsBytes) {
  ASSERT_TRUE(writer_->Write("last").has_value());
  ASSERT_TRUE(writer_->Finish().has_value());
  writer_.reset();

  const auto batch = stream_->Take();

  EXPECT_EQ(batch.bytes, "last");
  EXPECT_EQ(batch.end, End::kComplete);
}

TEST_F(AnswerStreamTest, IsCutOffByAWriterThatGoesUnfinished) {
  writer_.reset();

  EXPECT_EQ(stream_->Take().end, End::kCutOff);
  EXPECT_EQ(nudges_, 1);
}

TEST_F(AnswerStreamTest, CancelsWhenTheClientIsGone) {
  Ready ready;
  ASSERT_FALSE(*writer_->TryWrite(much_, ready.callback()));
  auto blocked = std::async(std::launch::async, [this] { return stream_->AwaitRoom(); });

  stream_->MarkGone();

  EXPECT_EQ(ready.rung(), 1);
  EXPECT_EQ(blocked.get().error().code, ErrorCode::kCancelled);
  EXPECT_EQ(writer_->Write("x").error().code, ErrorCode::kCancelled);
  EXPECT_EQ(writer_->Finish().error().code, ErrorCode::kCancelled);
}

}  // namespace
}  // namespace openfc::http
