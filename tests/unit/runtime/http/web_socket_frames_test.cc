#include "runtime/http/web_socket_frames.h"

#include "tests/unit/runtime/http/client_frame.h"

#include <gtest/gtest.h>

#include <string>

namespace openfc::http {
namespace {

using Item = FrameReader::Item;
using Violation = FrameReader::Violation;

std::string ServerFrame(Opcode opcode, std::string_view payload) {
  std::string frame;
  AppendFrame(opcode, payload, frame);
  return frame;
}

/// What the reader makes of the bytes: "text hello", "violation 1002", or "more".
std::string Read(FrameReader& reader, std::string_view bytes) {
  const auto read = reader.Feed(bytes);
  if (!read) return "more";
  if (const auto* const violation = std::get_if<Violation>(&*read)) {
    return "violation " + std::to_string(violation->code);
  }
  const auto& item = std::get<Item>(*read);
  const std::string left = bytes.empty() ? "" : " +" + std::to_string(bytes.size());
  return std::to_string(static_cast<int>(item.opcode)) + " " + item.payload + left;
}

std::string Read(std::string_view bytes, std::size_t limit = 1000) {
  FrameReader reader(limit);
  return Read(reader, bytes);
}

TEST(FrameWriterTest, WritesEachLengthInItsShortestForm) {
  EXPECT_EQ(ServerFrame(Opcode::kText, "hi"), "\x81\x02hi");
  const std::string middle(126, 'x');
  EXPECT_EQ(ServerFrame(Opcode::kBinary, middle), std::string("\x82\x7E\x00\x7E", 4) + middle);
  const std::string large(65'536, 'x');
  EXPECT_EQ(ServerFrame(Opcode::kBinary, large),
            std::string("\x82\x7F\x00\x00\x00\x00\x00\x01\x00\x00", 10) + large);
}

TEST(FrameWriterTest, CutsAReasonBetweenCharacters) {
  const std::string reason = std::string(122, 'x') + "\xC3\xA9";  // Its last character is at 123.

  EXPECT_EQ(ClosePayload(1000, reason), "\x03\xE8" + std::string(122, 'x'));
  EXPECT_EQ(ClosePayload(4999, ""), "\x13\x87");
}

TEST(CloseCodeTest, MayBeSentWhenItMeansSomethingOnTheWire) {
  for (const int code : {1000, 1001, 1002, 1003, 1007, 1011, 1014, 3000, 4999}) {
    EXPECT_TRUE(MayBeSent(code)) << code;
  }
  for (const int code : {0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65535}) {
    EXPECT_FALSE(MayBeSent(code)) << code;
  }
}

TEST(FrameReaderTest, TakesMessagesOfAllLengths) {
  EXPECT_EQ(Read(ClientFrame(Opcode::kText, "hi")), "1 hi");
  EXPECT_EQ(Read(ClientFrame(Opcode::kText, "")), "1 ");
  for (const std::size_t size : {125U, 126U, 65'535U, 65'536U}) {
    const std::string payload(size, 'x');
    EXPECT_EQ(Read(ClientFrame(Opcode::kBinary, payload), 100'000), "2 " + payload);
  }
}

TEST(FrameReaderTest, LeavesWhatComesAfterAMessage) {
  EXPECT_EQ(Read(ClientFrame(Opcode::kText, "hi") + "rest"), "1 hi +4");
}

TEST(FrameReaderTest, TakesAMessageByteByByte) {
  FrameReader reader(100'000);
  const std::string payload(70'000, 'x');
  const std::string frame = ClientFrame(Opcode::kText, payload);
  std::string unread;
  std::string got = "more";
  for (const char byte : frame) {
    unread.push_back(byte);
    std::string_view bytes = unread;
    const auto read = reader.Feed(bytes);
    unread.erase(0, unread.size() - bytes.size());
    if (read) got = std::get<Item>(*read).payload;
  }
  EXPECT_EQ(got, payload);
}

TEST(FrameReaderTest, PutsFragmentsTogetherAroundAPing) {
  FrameReader reader(1000);
  const std::string bytes = ClientFrame(Opcode::kText, "one ", {.is_final = false}) +
                            ClientFrame(Opcode::kPing, "p") +
                            ClientFrame(Opcode::kContinuation, "two ", {.is_final = false}) +
                            ClientFrame(Opcode::kContinuation, "three");
  std::string_view unread = bytes;

  const auto ping = reader.Feed(unread);
  EXPECT_EQ(std::get<Item>(*ping).payload, "p");
  const auto message = reader.Feed(unread);
  EXPECT_EQ(std::get<Item>(*message).opcode, Opcode::kText);
  EXPECT_EQ(std::get<Item>(*message).payload, "one two three");
}

TEST(FrameReaderTest, ChecksTextOverItsFragments) {
  FrameReader reader(1000);
  EXPECT_EQ(Read(reader, ClientFrame(Opcode::kText, "\xC3", {.is_final = false})), "more");
  EXPECT_EQ(Read(reader, ClientFrame(Opcode::kContinuation, "\xA9")), "1 \xC3\xA9");
}

TEST(FrameReaderTest, RefusesWhatTheProtocolForbids) {
  const std::pair<const char*, std::string> cases[] = {
      {"not masked", ServerFrame(Opcode::kText, "hi")},
      {"a reserved bit", ClientFrame(Opcode::kText, "hi", {.reserved = 0x40})},
      {"an unknown opcode", ClientFrame(static_cast<Opcode>(3), "hi")},
      {"an unknown control opcode", ClientFrame(static_cast<Opcode>(11), "")},
      {"a ping in pieces", ClientFrame(Opcode::kPing, "", {.is_final = false})},
      {"a long ping", ClientFrame(Opcode::kPing, std::string(126, 'x'))},
      {"nothing to continue", ClientFrame(Opcode::kContinuation, "x")},
      {"a length that is too long", std::string("\x81\xFE\x00\x02\0\0\0\0hi", 10)},
  };
  for (const auto& [name, bytes] : cases) EXPECT_EQ(Read(bytes), "violation 1002") << name;
}

TEST(FrameReaderTest, RefusesANewMessageWithinAnother) {
  FrameReader reader(1000);
  EXPECT_EQ(Read(reader, ClientFrame(Opcode::kText, "a", {.is_final = false})), "more");
  EXPECT_EQ(Read(reader, ClientFrame(Opcode::kText, "b")), "violation 1002");
}

TEST(FrameReaderTest, RefusesTextThatIsNotUtf8) {
  EXPECT_EQ(Read(ClientFrame(Opcode::kText, "\xFF")), "violation 1007");
  EXPECT_EQ(Read(ClientFrame(Opcode::kText, "\xED\xA0\x80")), "violation 1007");  // A surrogate.
  EXPECT_EQ(Read(ClientFrame(Opcode::kText, "\xC3")), "violation 1007");
  EXPECT_EQ(Read(ClientFrame(Opcode::kBinary, "\xFF")), "2 \xFF");
}

TEST(FrameReaderTest, RefusesALargeMessageByItsHead) {
  EXPECT_EQ(Read(ClientFrame(Opcode::kText, std::string(11, 'x')).substr(0, 6), 10),
            "violation 1009");
  EXPECT_EQ(Read(std::string("\x82\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\0\0\0\0", 14), 10),
            "violation 1009");
  FrameReader reader(10);
  EXPECT_EQ(Read(reader, ClientFrame(Opcode::kText, "123456", {.is_final = false})), "more");
  EXPECT_EQ(Read(reader, ClientFrame(Opcode::kContinuation, "78901")), "violation 1009");
}

}  // namespace
}  // namespace openfc::http
