#include "sandbox/wire/messages.h"

#include "sandbox/wire/pack.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace openfc::sandbox {
namespace {

using ::testing::ElementsAre;

TEST(RunPayloadTest, GivesBackWhatWasPacked) {
  const auto payload = UnpackPayload(PackPayload({.workspace = "/w",
                                                  .environment = {"A=1", "B=2"},
                                                  .arguments = {"x", ""},
                                                  .code = "print()",
                                                  .file_name = "f.py",
                                                  .harness = "h",
                                                  .harness_input = "i"}));

  ASSERT_TRUE(payload);
  EXPECT_EQ(payload->workspace, "/w");
  EXPECT_THAT(payload->environment, ElementsAre("A=1", "B=2"));
  EXPECT_THAT(payload->arguments, ElementsAre("x", ""));
  EXPECT_EQ(payload->code, "print()");
  EXPECT_EQ(payload->file_name, "f.py");
  EXPECT_EQ(payload->harness, "h");
  EXPECT_EQ(payload->harness_input, "i");
}

TEST(RunPayloadTest, RefusesOtherTexts) { EXPECT_FALSE(UnpackPayload(Pack({"one", "two"}))); }

TEST(NoticeTest, CutsATextThatIsTooLong) {
  Notice notice;

  SetText(notice, std::string(10'000, 'x'));
  EXPECT_EQ(std::string(notice.text.data()).size(), notice.text.size() - 1);
  SetText(notice, "short");
  EXPECT_STREQ(notice.text.data(), "short");
}

}  // namespace
}  // namespace openfc::sandbox
