#include "runtime/http/stream_sender.h"

#include "runtime/http/answer_writer.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace openfc::http {
namespace {

using End = AnswerStream::End;
using Kind = Framing::Kind;

std::string Text(const Outbox& outbox) {
  std::string text;
  std::array<iovec, 16> pieces;
  const std::size_t count = outbox.Describe(pieces);
  for (std::size_t i = 0; i < count; ++i) {
    text.append(static_cast<const char*>(pieces[i].iov_base), pieces[i].iov_len);
  }
  return text;
}

class StreamSenderTest : public ::testing::Test {
 protected:
  std::string Send(Framing framing, std::string_view body) {
    StreamSender sender(stream_, framing);
    (void)writer_->Write(body);
    (void)writer_->Finish();
    end_ = sender.Pump(outbox_);
    return Text(outbox_);
  }

  const std::shared_ptr<AnswerStream> stream_ = std::make_shared<AnswerStream>([] {});
  const std::unique_ptr<AnswerWriter> writer_ = std::make_unique<AnswerWriter>(stream_);
  Outbox outbox_;
  End end_ = End::kOpen;
};

TEST_F(StreamSenderTest, SendsChunksAndTheLastOne) {
  EXPECT_EQ(Send({.kind = Kind::kChunks}, "0123456789abcdef"),
            "10\r\n0123456789abcdef\r\n0\r\n\r\n");
  EXPECT_EQ(end_, End::kComplete);
}

TEST_F(StreamSenderTest, SendsNoChunkForNothing) {
  EXPECT_EQ(Send({.kind = Kind::kChunks}, ""), "0\r\n\r\n");
}

TEST_F(StreamSenderTest, SendsAsMuchAsWasAnnounced) {
  EXPECT_EQ(Send({.kind = Kind::kLength, .length = 3}, "12345"), "123");
  EXPECT_EQ(end_, End::kComplete);
}

TEST_F(StreamSenderTest, CutsOffWhatFallsShort) {
  EXPECT_EQ(Send({.kind = Kind::kLength, .length = 6}, "12345"), "12345");
  EXPECT_EQ(end_, End::kCutOff);
}

TEST_F(StreamSenderTest, SendsNoBodyWhereThereIsNone) {
  EXPECT_EQ(Send({.kind = Kind::kNoBody}, "12345"), "");
  EXPECT_EQ(end_, End::kComplete);
}

TEST_F(StreamSenderTest, SendsPlainBytesUpToTheEndOfTheConnection) {
  EXPECT_EQ(Send({.kind = Kind::kToClose}, "12345"), "12345");
}

TEST_F(StreamSenderTest, TellsTheWriterWhenItGoes) {
  { const StreamSender sender(stream_, {.kind = Kind::kChunks}); }

  EXPECT_EQ(writer_->Write("x").error().code, ErrorCode::kCancelled);
}

}  // namespace
}  // namespace openfc::http
