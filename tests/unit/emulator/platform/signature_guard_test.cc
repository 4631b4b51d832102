#include "emulator/platform/signature_guard.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace openfc::emulator {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(SignatureGuardTest, LetsEverybodyInWithoutKeys) {
  EXPECT_EQ(SignatureGuard(std::nullopt).Refusal(http::Request()), std::nullopt);
}

TEST(SignatureGuardTest, TurnsAwayWhoHasNotSigned) {
  const auto refusal =
      SignatureGuard(KeyPair{.id = "id", .secret = "secret"}).Refusal(http::Request());

  ASSERT_TRUE(refusal);
  EXPECT_THAT(refusal->message, Not(HasSubstr("secret")));
}

TEST(SignatureGuardTest, ReadsAKeyPair) {
  const auto keys = ReadKeyPair("id:se:cret");

  ASSERT_TRUE(keys);
  EXPECT_EQ(keys->id, "id");
  EXPECT_EQ(keys->secret, "se:cret");
}

TEST(SignatureGuardTest, ReadsNothingElseAndDoesNotShowIt) {
  for (const char* const text : {"", "hidden", ":hidden", "hidden:", "hid den:x", "hidden:x\n"}) {
    const auto keys = ReadKeyPair(text);
    ASSERT_FALSE(keys) << text;
    EXPECT_THAT(keys.error().message, Not(HasSubstr("hid")));
  }
}

}  // namespace
}  // namespace openfc::emulator
