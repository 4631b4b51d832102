#include "emulator/signature/fc2_signature.h"

#include <gmock/gmock.h>

namespace openfc::emulator {
namespace {

const KeyPair kKeys{.id = "id", .secret = "secret"};

std::string ResourceOf(std::string_view target) {
  const std::string text = Fc2StringToSign({.method = "GET", .target = target});
  return text.substr(std::string("GET\n\n\n\n").size());
}

TEST(Fc2StringToSignTest, IsMadeOfTheHeadersThatCount) {
  EXPECT_EQ(Fc2StringToSign({.method = "POST",
                             .target = "/2016-08-15/services/s/functions/f/invocations",
                             .headers = {{"Host", "h"},
                                         {"X-Fc-B", " two "},
                                         {"Content-Type", "text/plain"},
                                         {"x-fc-a", "one"},
                                         {"x-fcx", "no"},
                                         {"Date", "today"},
                                         {"Content-MD5", "md5"}}}),
            "POST\nmd5\ntext/plain\ntoday\nx-fc-a:one\nx-fc-b:two\n"
            "/2016-08-15/services/s/functions/f/invocations");
}

TEST(Fc2StringToSignTest, LeavesTheQueryOfTheApiOut) {
  EXPECT_EQ(ResourceOf("/2016-08-15/services/s/functions/f/invocations?qualifier=p"),
            "/2016-08-15/services/s/functions/f/invocations");
  EXPECT_EQ(ResourceOf("/2021-04-06/services/s%2Ep?x"), "/2021-04-06/services/s.p");
  EXPECT_EQ(ResourceOf("/2023-03-30/functions/f/invocations?qualifier=p"),
            "/2023-03-30/functions/f/invocations");
}

TEST(Fc2StringToSignTest, SortsTheQueryOfAFunction) {
  EXPECT_EQ(ResourceOf("/2016-08-15/proxy/s/f/a?b=2&a=%20x&b=1&c&d="),
            "/2016-08-15/proxy/s/f/a\na= x\nb=1\nb=2\nc\nd=");
  EXPECT_EQ(ResourceOf("/2016-08-15/proxy/s/f/"), "/2016-08-15/proxy/s/f/\n");
  EXPECT_EQ(ResourceOf("/own/path?a=1"), "/own/path\na=1");
  EXPECT_EQ(ResourceOf("/2016-08-16/services"), "/2016-08-16/services\n");
}

TEST(Fc2SignatureTest, NamesTheFormThatItWants) {
  const auto refusal = CheckFc2Signature(kKeys, {.method = "GET", .target = "/"}, "id",
                                         std::chrono::system_clock::time_point());

  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->message, "the header 'Authorization' is not of the form 'FC ID:SIGNATURE'");
}

}  // namespace
}  // namespace openfc::emulator
