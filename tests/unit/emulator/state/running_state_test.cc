#include "emulator/state/running_state.h"

#include <gtest/gtest.h>

namespace openfc::emulator {
namespace {

RunningState AnyState() {
  return {
      .pid = 4711,
      .address = "127.0.0.1",
      .port = 8080,
      .token = "abc",
      .source = "/home/me/s.yaml",
      .started = std::chrono::system_clock::time_point(std::chrono::milliseconds(1769860800007))};
}

std::string Without(std::string text, const std::string& part) {
  const auto at = text.find(part);
  EXPECT_NE(at, std::string::npos) << part;
  return text.erase(at, part.size());
}

TEST(RunningStateTest, ReadsWhatWasWritten) {
  EXPECT_EQ(ReadRunningState(WriteRunningState(AnyState())), AnyState());
}

TEST(RunningStateTest, IsNotAnyText) {
  const std::string text = WriteRunningState(AnyState());
  EXPECT_EQ(ReadRunningState(""), std::nullopt);
  EXPECT_EQ(ReadRunningState("[]"), std::nullopt);
  EXPECT_EQ(ReadRunningState(text.substr(0, text.size() / 2)), std::nullopt);
  EXPECT_EQ(ReadRunningState(Without(text, "\"pid\": 4711,")), std::nullopt);
  EXPECT_EQ(ReadRunningState(Without(text, "\"token\": \"abc\",")), std::nullopt);
}

TEST(RunningStateTest, HasNoPortBeyondThePorts) {
  std::string text = WriteRunningState(AnyState());
  text.replace(text.find("8080"), 4, "70000");
  EXPECT_EQ(ReadRunningState(text), std::nullopt);
}

}  // namespace
}  // namespace openfc::emulator
