#include "emulator/platform/call.h"

#include <gtest/gtest.h>

namespace openfc::emulator {
namespace {

CallResult FailedWith(std::string type, std::string document) {
  return {.outcome =
              FunctionError{.fc_type = "UnhandledInvocationError",
                            .failure = {.type = std::move(type), .document = std::move(document)}}};
}

TEST(CallResultTest, TellsTheTypeOfAFailure) {
  EXPECT_EQ(FailedWith("ValueError", "{}").ErrorType(), "ValueError");
  EXPECT_EQ(FailedWith("", "{}").ErrorType(), "UnhandledInvocationError");
  EXPECT_EQ((CallResult{.outcome = PlatformError{.code = "ResourceExhausted", .message = ""}})
                .ErrorType(),
            "ResourceExhausted");
  EXPECT_EQ((CallResult{.outcome = Response{}}).ErrorType(), "");
}

TEST(CallResultTest, TellsWhatAFailureSays) {
  EXPECT_EQ(FailedWith("ValueError", R"({"errorMessage": "no apples"})").ErrorText(),
            "ValueError: no apples");
  EXPECT_EQ(
      (CallResult{.outcome = PlatformError{.code = "Busy", .message = "try later"}}).ErrorText(),
      "Busy: try later");
  EXPECT_EQ((CallResult{.outcome = Response{}}).ErrorText(), "");
}

TEST(CallResultTest, TellsTheTypeAloneOfAFailureThatSaysNothing) {
  for (const char* document : {"", "not JSON", "[]", "{}", R"({"errorMessage": 7})"}) {
    EXPECT_EQ(FailedWith("ValueError", document).ErrorText(), "ValueError") << document;
  }
}

}  // namespace
}  // namespace openfc::emulator
