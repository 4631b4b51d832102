#include "runtime/page/receive_buffer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace openfc {
namespace {

using Content = ReceiveBuffer::Content;

class ReceiveBufferTest : public ::testing::Test {
 protected:
  ReceiveBufferTest() : memory_(std::make_unique<ReceiveMemory>()) {
    memory_->is_taken.store(1);
    buffer_ = std::make_unique<ReceiveBuffer>(*memory_);
  }

  void Receive(std::string_view bytes) {
    const auto room = buffer_->Room();
    ASSERT_GE(room.size(), bytes.size());
    std::copy(bytes.begin(), bytes.end(), room.begin());
    buffer_->Commit(bytes.size());
  }

  bool IsZero(std::size_t from = 0) const {
    return std::all_of(memory_->bytes + from, memory_->bytes + ReceiveMemory::kBytes,
                       [](char byte) { return byte == '\0'; });
  }

  std::size_t MarkedBegin() const {
    return memory_->position.load() & ((1U << ReceiveBuffer::kContentShift) - 1);
  }
  Content MarkedContent() const {
    return static_cast<Content>(memory_->position.load() >> ReceiveBuffer::kContentShift);
  }

  std::unique_ptr<ReceiveMemory> memory_;
  std::unique_ptr<ReceiveBuffer> buffer_;
};

TEST_F(ReceiveBufferTest, GivesWhatWasReceivedInOrder) {
  Receive("one");
  Receive("two");
  EXPECT_EQ(buffer_->unread(), "onetwo");

  buffer_->Use(4);

  EXPECT_EQ(buffer_->unread(), "wo");
  EXPECT_EQ(MarkedBegin(), 4U);
}

TEST_F(ReceiveBufferTest, IsZeroedWhenAllWasUsed) {
  Receive("event");
  buffer_->Use(2);
  buffer_->Use(3);

  EXPECT_TRUE(IsZero());
  EXPECT_EQ(MarkedBegin(), 0U);
  EXPECT_EQ(buffer_->Room().size(), ReceiveMemory::kBytes);
}

TEST_F(ReceiveBufferTest, IsZeroedWhenItIsCleared) {
  Receive("event");

  buffer_->Clear();

  EXPECT_TRUE(IsZero());
  EXPECT_EQ(buffer_->unread(), "");
}

TEST_F(ReceiveBufferTest, MarksWhatItsBytesBeginWith) {
  buffer_->Expect(Content::kPostAnswerThenPoll);
  EXPECT_EQ(MarkedContent(), Content::kPostAnswerThenPoll);
  Receive("post poll");

  buffer_->Use(5, Content::kPollAnswer);

  EXPECT_EQ(MarkedContent(), Content::kPollAnswer);
  EXPECT_EQ(MarkedBegin(), 5U);
  EXPECT_EQ(buffer_->unread(), "poll");
}

TEST_F(ReceiveBufferTest, KeepsItsMarkWhenItIsUsedUp) {
  buffer_->Expect(Content::kPostAnswerThenPoll);
  Receive("post");

  buffer_->Use(4, Content::kPollAnswer);

  EXPECT_EQ(MarkedContent(), Content::kPollAnswer);
  EXPECT_EQ(MarkedBegin(), 0U);
}

TEST_F(ReceiveBufferTest, MakesRoomByMoving) {
  buffer_->Expect(Content::kPollAnswer);
  Receive(std::string(ReceiveMemory::kBytes - 4, 'x') + "rest");
  EXPECT_TRUE(buffer_->Room().empty());
  buffer_->Use(ReceiveMemory::kBytes - 4);

  const auto room = buffer_->Room();

  EXPECT_EQ(room.size(), ReceiveMemory::kBytes - 4);
  EXPECT_EQ(buffer_->unread(), "rest");
  EXPECT_EQ(MarkedBegin(), 0U);
  EXPECT_EQ(MarkedContent(), Content::kPollAnswer);
  EXPECT_TRUE(IsZero(4));
}

TEST_F(ReceiveBufferTest, HasNoRoomLeftForBytesThatNobodyUses) {
  Receive(std::string(ReceiveMemory::kBytes, 'x'));

  EXPECT_TRUE(buffer_->Room().empty());
  EXPECT_EQ(buffer_->unread().size(), ReceiveMemory::kBytes);
}

TEST_F(ReceiveBufferTest, GivesItsMemoryBackZeroed) {
  Receive("event");

  buffer_.reset();

  EXPECT_TRUE(IsZero());
  EXPECT_EQ(memory_->is_taken.load(), 0U);
}

TEST_F(ReceiveBufferTest, GivesItsMemoryBackOnceWhenItWasMoved) {
  Receive("event");
  {
    const ReceiveBuffer moved = std::move(*buffer_);
    buffer_.reset();
    EXPECT_EQ(memory_->is_taken.load(), 1U);
    EXPECT_EQ(moved.unread(), "event");
  }

  EXPECT_TRUE(IsZero());
  EXPECT_EQ(memory_->is_taken.load(), 0U);
}

TEST_F(ReceiveBufferTest, MayHaveMemoryOfItsOwn) {
  ReceiveBuffer own;
  ReceiveBuffer moved = std::move(own);

  EXPECT_EQ(moved.unread(), "");
  EXPECT_EQ(moved.Room().size(), ReceiveMemory::kBytes);
}

}  // namespace
}  // namespace openfc
