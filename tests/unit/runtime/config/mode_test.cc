#include "runtime/config/mode.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace openfc {
namespace {

using ::testing::HasSubstr;

struct AddressCase {
  const char* text;
  std::optional<ApiAddress> address;
};

class ParseApiAddressTest : public ::testing::TestWithParam<AddressCase> {};

TEST_P(ParseApiAddressTest, TakesHostAndPortAndNothingElse) {
  const auto& [text, expected] = GetParam();

  const auto address = ParseApiAddress("FC_RUNTIME_API", text);

  ASSERT_EQ(address.has_value(), expected.has_value()) << text;
  if (expected) {
    EXPECT_EQ(*address, *expected);
  } else {
    EXPECT_EQ(address.error().code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(address.error().message, HasSubstr("FC_RUNTIME_API"));
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, ParseApiAddressTest,
    ::testing::Values(
        AddressCase{"127.0.0.1:9001", ApiAddress{"127.0.0.1", 9001}},
        AddressCase{"platform.internal:80", ApiAddress{"platform.internal", 80}},
        AddressCase{"[::1]:9001", ApiAddress{"::1", 9001}},
        AddressCase{"localhost:65535", ApiAddress{"localhost", 65535}},
        AddressCase{"localhost", std::nullopt}, AddressCase{":9001", std::nullopt},
        AddressCase{"localhost:", std::nullopt}, AddressCase{"localhost:0", std::nullopt},
        AddressCase{"localhost:65536", std::nullopt}, AddressCase{"localhost:12ab", std::nullopt},
        AddressCase{"localhost:-1", std::nullopt}, AddressCase{"http://localhost:80", std::nullopt},
        AddressCase{"localhost:80/path", std::nullopt}, AddressCase{"local host:80", std::nullopt},
        AddressCase{"::1:9001", std::nullopt}, AddressCase{"[]:80", std::nullopt}));

TEST(ChooseModeTest, PollsWhenARuntimeApiIsNamed) {
  const auto mode = ChooseMode({{"FC_RUNTIME_API", "localhost:9001"}}, /*wants_http=*/false);

  ASSERT_TRUE(mode);
  EXPECT_EQ(mode->dialect, Dialect::kFc);
  EXPECT_EQ(mode->api.port, 9001);
  EXPECT_FALSE(mode->is_http);
}

TEST(ChooseModeTest, SpeaksAwsDialectWhenItsRuntimeApiIsNamed) {
  const auto mode = ChooseMode({{"AWS_LAMBDA_RUNTIME_API", "localhost:9001"}},
                               /*wants_http=*/false);

  ASSERT_TRUE(mode);
  EXPECT_EQ(mode->dialect, Dialect::kAws);
  EXPECT_EQ(mode->api.port, 9001);
}

TEST(ChooseModeTest, ReachesARuntimeApiByAUnixSocketThatIsNamedBesides) {
  for (const char* name : {"@0001f", "/run/api"}) {
    const auto mode =
        ChooseMode({{"FC_RUNTIME_API", "localhost:9001"}, {"OPENFC_RUNTIME_SOCKET", name}},
                   /*wants_http=*/false);

    ASSERT_TRUE(mode);
    EXPECT_EQ(mode->api, (ApiAddress{.host = "localhost", .port = 9001, .socket = name}));
  }
}

TEST(ChooseModeTest, ServesHttpWhenNoRuntimeApiIsNamed) {
  for (const bool wants_http : {false, true}) {
    const auto mode = ChooseMode({{"FC_RUNTIME_API", ""}}, wants_http);

    ASSERT_TRUE(mode);
    EXPECT_TRUE(mode->is_http);
    EXPECT_EQ(mode->dialect, Dialect::kFc);
  }
}

struct RefusedCase {
  Environment environment;
  bool wants_http;
  const char* part_of_message;
};

class ChooseModeRefusesTest : public ::testing::TestWithParam<RefusedCase> {};

TEST_P(ChooseModeRefusesTest, InOneSentenceThatNamesTheVariable) {
  const auto mode = ChooseMode(GetParam().environment, GetParam().wants_http);

  ASSERT_FALSE(mode);
  EXPECT_EQ(mode.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(mode.error().message, HasSubstr(GetParam().part_of_message));
}

INSTANTIATE_TEST_SUITE_P(
    All, ChooseModeRefusesTest,
    ::testing::Values(
        RefusedCase{
            {{"FC_RUNTIME_API", "a:1"}, {"AWS_LAMBDA_RUNTIME_API", "b:2"}}, false, "both set"},
        RefusedCase{{{"FC_RUNTIME_API", "a:1"}}, true, "--http and FC_RUNTIME_API"},
        RefusedCase{{{"AWS_LAMBDA_RUNTIME_API", "b:2"}}, true, "--http and AWS_LAMBDA_RUNTIME_API"},
        RefusedCase{{{"AWS_LAMBDA_RUNTIME_API", "b"}}, false, "AWS_LAMBDA_RUNTIME_API is 'b'"},
        RefusedCase{{{"FC_RUNTIME_API", "nonsense"}}, false, "'nonsense'"},
        RefusedCase{{{"FC_RUNTIME_API", "a:1"}, {"OPENFC_RUNTIME_SOCKET", "api"}},
                    false,
                    "OPENFC_RUNTIME_SOCKET is 'api', but must be"},
        RefusedCase{{{"FC_RUNTIME_API", "a:1"}, {"OPENFC_RUNTIME_SOCKET", "@"}}, false, "is '@'"},
        RefusedCase{
            {{"FC_RUNTIME_API", "a:1"}, {"OPENFC_RUNTIME_SOCKET", "@" + std::string(107, 'a')}},
            false,
            "at most 107 bytes"},
        RefusedCase{{{"OPENFC_RUNTIME_SOCKET", "@api"}}, false, "names no Runtime API"}));

}  // namespace
}  // namespace openfc
