#include "emulator/commands/event_request.h"

#include "emulator/events/sample_event.h"

#include <gmock/gmock.h>

#include <utility>

namespace openfc::emulator {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::Not;
using ::testing::Pair;

std::string Sample(std::vector<EventSetting> settings) {
  return *MakeSampleEvent(**EventTypeOf("http"), settings);
}

TEST(EventRequestTest, HasWhatTheSampleEventHas) {
  const auto request = RequestOfEvent(Sample({}));

  ASSERT_TRUE(request);
  EXPECT_EQ(request->http.method, "POST");
  EXPECT_EQ(request->http.target, "/");
  EXPECT_EQ(request->body, R"({"key":"value"})");
  EXPECT_THAT(request->http.headers, Contains(Pair("User-Agent", "curl/8.5.0")));
}

TEST(EventRequestTest, KeepsTheHostOfThisMachine) {
  const auto request = RequestOfEvent(Sample({}));

  EXPECT_THAT(request->http.headers, Contains(Pair("Host", "127.0.0.1")));
  EXPECT_THAT(request->http.headers,
              Not(Contains(Pair("Host", ::testing::HasSubstr("fcapp.run")))));
}

TEST(EventRequestTest, EncodesWhatAPersonHasNot) {
  const auto request =
      RequestOfEvent(Sample({{"path", "/a b/%41?"}, {"query", R"({"x y":"1&2","z":""})"}}));

  EXPECT_EQ(request->http.target, "/a%20b/%41%3F?x%20y=1%262&z=");
}

TEST(EventRequestTest, LeavesNoWayOutOfItsLine) {
  const auto request = RequestOfEvent(
      R"({"version":"v1","rawPath":"x\r\ny","requestContext":{"http":{"method":"GET"}}})");

  EXPECT_EQ(request->http.target, "/x%0D%0Ay");
}

TEST(EventRequestTest, DecodesABinaryBody) {
  const std::string begin = R"({"version":"v1","requestContext":{"http":{"method":"PUT"}},)";

  EXPECT_EQ(RequestOfEvent(begin + R"("body":"AP8=","isBase64Encoded":true})")->body,
            std::string("\0\xff", 2));
  EXPECT_EQ(RequestOfEvent(begin + R"("body":"AP8=","isBase64Encoded":false})")->body, "AP8=");
  EXPECT_EQ(RequestOfEvent(begin + R"("body":"?","isBase64Encoded":true})")->body, "?");
}

TEST(EventRequestTest, IsNoneOfAnyOtherEvent) {
  for (const char* event : {"", "text", "[]", "{}", R"({"version":"v1"})", R"({"version":1})",
                            R"({"version":"v1","requestContext":{"http":{"method":7}}})",
                            R"({"version":"v1","requestContext":"http"})"}) {
    EXPECT_FALSE(RequestOfEvent(event)) << event;
  }
}

TEST(EventRequestTest, HasThePrefixOfAFunctionOfFc2Only) {
  FunctionDefinition function{.name = "f", .edition = Edition::kFc2, .service_name = "s"};

  const auto prefixed = AddressedTo(function, PlainRequest());
  EXPECT_EQ(prefixed.http.target, "/2016-08-15/proxy/s/f/");
  EXPECT_EQ(prefixed.http.base_path, "/2016-08-15/proxy/s/f");

  function.edition = Edition::kFc3;
  EXPECT_EQ(AddressedTo(function, PlainRequest()).http.target, "/");
}

}  // namespace
}  // namespace openfc::emulator
