#include "bootstrap/rloader/stack_pipe.h"

#include <gmock/gmock.h>
#include <unistd.h>

namespace openfc::bootstrap {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr const char* kStack =
    "Current thread 0x1 (most recent call first):\n  File \"a.py\", line 1 in f\n";

class StackPipeTest : public ::testing::Test {
 protected:
  StackPipeTest() {
    // What comes is waited for as long as a busy machine may need.
    Create(std::chrono::minutes(1));
  }

  void Create(std::chrono::milliseconds patience) {
    auto pipe = StackPipe::Create(patience);
    EXPECT_TRUE(pipe);
    pipe_ = *std::move(pipe);
  }

  void Write(const std::string& text) {
    ASSERT_EQ(::write(pipe_->write_fd(), text.data(), text.size()),
              static_cast<ssize_t>(text.size()));
  }

  /// As rloader's poll loop does it.
  void AwaitCompletion() {
    while (!pipe_->IsComplete()) {
      pollfd entry = *pipe_->Awaited();
      ::poll(&entry, 1, pipe_->NextLook().PollTimeout());
    }
  }

  std::unique_ptr<StackPipe> pipe_;
};

TEST_F(StackPipeTest, AwaitsNothingUntilItIsTold) {
  EXPECT_FALSE(pipe_->IsWaiting());
  EXPECT_FALSE(pipe_->IsComplete());
  EXPECT_FALSE(pipe_->Awaited());
  EXPECT_TRUE(pipe_->NextLook().IsNever());
}

TEST_F(StackPipeTest, TakesWhatWasWrittenUnasked) {
  Write(kStack);

  EXPECT_THAT(pipe_->Take().threads, SizeIs(1));
  EXPECT_THAT(pipe_->Take().threads, IsEmpty());
}

TEST_F(StackPipeTest, WaitsForTheAnswer) {
  pipe_->BeginWait();
  EXPECT_TRUE(pipe_->IsWaiting());
  EXPECT_FALSE(pipe_->NextLook().IsNever());
  Write(kStack);

  AwaitCompletion();

  EXPECT_THAT(pipe_->Take().threads, SizeIs(1));
  EXPECT_FALSE(pipe_->IsWaiting());
}

TEST_F(StackPipeTest, GivesUpWhenNothingComes) {
  Create(std::chrono::milliseconds(10));
  pipe_->BeginWait();

  AwaitCompletion();

  EXPECT_THAT(pipe_->Take().threads, IsEmpty());
}

TEST_F(StackPipeTest, DropsWhatCameBeforeTheQuestion) {
  Write("Thread 0x9 (most recent call first):\n");
  pipe_->BeginWait();
  Write(kStack);

  AwaitCompletion();

  EXPECT_THAT(pipe_->Take().threads, SizeIs(1));
}

TEST_F(StackPipeTest, ForgetsTheLastRuntime) {
  Write(kStack);
  pipe_->BeginWait();

  pipe_->Clear();

  EXPECT_FALSE(pipe_->IsWaiting());
  EXPECT_THAT(pipe_->Take().threads, IsEmpty());
}

TEST_F(StackPipeTest, BlocksNoWriter) {
  const std::string much(1 << 20, 'x');

  const ssize_t written = ::write(pipe_->write_fd(), much.data(), much.size());

  EXPECT_GT(written, 0);
  EXPECT_LT(written, static_cast<ssize_t>(much.size()));
}

TEST_F(StackPipeTest, EndsTheWaitForAWriterThatNeverStops) {
  Create(std::chrono::milliseconds(100));
  pipe_->BeginWait();
  const std::string much(1 << 14, 'x');

  while (!pipe_->IsComplete()) {
    if (::write(pipe_->write_fd(), much.data(), much.size()) < 0) break;
  }

  EXPECT_TRUE(pipe_->IsComplete());
  EXPECT_THAT(pipe_->Take().threads, IsEmpty());
}

}  // namespace
}  // namespace openfc::bootstrap
