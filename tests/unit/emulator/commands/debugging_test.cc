#include "emulator/commands/debugging.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace openfc::emulator {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

const FunctionDefinition kFunction{.name = "f", .code_path = "/code/f"};

json EntriesAfter(const std::string& before) {
  const auto text = WithLaunchEntry(before, kFunction, 5678);
  if (!text) throw std::runtime_error(text.error().message);
  return json::parse(*text).at("configurations");
}

TEST(DebuggingTest, WritesAnEntryThatAttaches) {
  const json entries = EntriesAfter("");

  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(entries[0], json::parse(R"({"name": "fclocal: f", "type": "debugpy",
      "request": "attach", "connect": {"host": "127.0.0.1", "port": 5678},
      "pathMappings": [{"localRoot": "/code/f", "remoteRoot": "/code/f"}]})"));
}

TEST(DebuggingTest, LeavesOtherEntriesAndReplacesItsOwn) {
  const json entries = EntriesAfter(
      R"({"version": "0.2.0", "configurations": [{"name": "mine"}, {"name": "fclocal: f"}, 1]})");

  ASSERT_EQ(entries.size(), 3U);
  EXPECT_EQ(entries[0]["name"], "mine");
  EXPECT_EQ(entries[1]["connect"]["port"], 5678);
}

TEST(DebuggingTest, AddsToAFileWithoutEntries) { EXPECT_EQ(EntriesAfter("{}").size(), 1U); }

TEST(DebuggingTest, DoesNotTouchWhatItWouldHarm) {
  for (const char* const text : {"{ // mine\n}", "[]", "{", R"({"configurations": 1})"}) {
    const auto refused = WithLaunchEntry(text, kFunction, 1);
    ASSERT_FALSE(refused) << text;
    EXPECT_THAT(refused.error().message, HasSubstr("nothing was written"));
  }
}

TEST(DebuggingTest, GivesAFunctionAllTheTime) {
  FunctionDefinition function = kFunction;
  function.initializer = HookDefinition{.handler = "index.start"};

  ASSERT_TRUE(PrepareDebugging(function, false, 5678));

  EXPECT_EQ(function.environment["OPENFC_DEBUG_PORT"], "5678");
  EXPECT_EQ(function.timeout, kDebugTime);
  EXPECT_EQ(function.initializer->timeout, kDebugTime);
}

TEST(DebuggingTest, IsNothingForAnotherRuntime) {
  FunctionDefinition function = kFunction;
  EXPECT_FALSE(PrepareDebugging(function, true, 5678));
  function.custom = CustomRuntime{};
  EXPECT_FALSE(PrepareDebugging(function, false, 5678));
}

}  // namespace
}  // namespace openfc::emulator
