#include "runtime/wire/http_trigger.h"

#include "runtime/wire/encoding.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace openfc::wire {
namespace {

using std::chrono_literals::operator""ms;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using Json = nlohmann::json;

constexpr std::chrono::system_clock::time_point kNow{1700000000123ms};

HttpRequest Get(const std::string& target, HeaderList headers = {}) {
  HttpRequest request;
  request.method = "GET";
  request.target = target;
  request.headers = std::move(headers);
  return request;
}

Json EventOf(const HttpRequest& request, std::string_view body = {},
             const Invocation& invocation = {}) {
  return Json::parse(HttpTriggerEvent(request, body, invocation, kNow));
}

TEST(HttpTriggerEventTest, HasExactlyThePlatformsKeys) {
  Invocation invocation;
  invocation.request_id = "1-2-3";
  invocation.account_id = "77";
  invocation.client_ip = "192.0.2.1";
  const Json event = EventOf(
      Get("/a%20b?x=1", {{"host", "f.example:9000"}, {"user-agent", "curl"}}), "text", invocation);

  EXPECT_EQ(event, Json::parse(R"({
    "version": "v1", "rawPath": "/a%20b", "headers": {"Host": "f.example:9000", "User-Agent": "curl"},
    "queryParameters": {"x": "1"}, "body": "text", "isBase64Encoded": false,
    "requestContext": {
      "accountId": "77", "domainName": "f.example", "domainPrefix": "f", "triggerId": "",
      "requestId": "1-2-3", "time": "2023-11-14T22:13:20Z", "timeEpoch": "1700000000123",
      "http": {"method": "GET", "path": "/a b", "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1",
               "userAgent": "curl"}}})"));
}

TEST(HttpTriggerEventTest, WritesHeadersAsGoDoesAndJoinsRepeatedOnes) {
  const Json headers = EventOf(Get("/", {{"x-foo-BAR", "1"}, {"X-Foo-Bar", "2"}}))["headers"];

  EXPECT_EQ(headers, Json({{"X-Foo-Bar", "1,2"}}));
}

TEST(HttpTriggerEventTest, KeepsThePlatformsOwnHeadersFromTheFunction) {
  const Json headers = EventOf(Get("/", {{"x-fc-access-key-secret", "secret"}}))["headers"];

  EXPECT_TRUE(headers.empty());
}

TEST(HttpTriggerEventTest, DecodesTheQueryAndJoinsRepeatedParameters) {
  const Json query = EventOf(Get("/?a=1&a=2&b=x+y%26z&&c&d=&e=%zz"))["queryParameters"];

  EXPECT_EQ(query, Json({{"a", "1,2"}, {"b", "x y&z"}, {"c", ""}, {"d", ""}, {"e", "%zz"}}));
}

TEST(HttpTriggerEventTest, HasABodyThatIsNoTextAsBase64) {
  for (const auto& [type, body, is_base64] :
       std::vector<std::tuple<std::string, std::string, bool>>{
           {"application/octet-stream", "haha", false},
           {"application/octet-stream", "\xff\xfe", true},
           {"image/png", "text", true},
           {"Application/ZIP", "text", true},
           {"", "\xc3\xa4", false}}) {
    const Json event = EventOf(Get("/", {{"Content-Type", type}}), body);

    EXPECT_EQ(event["isBase64Encoded"], is_base64) << type;
    EXPECT_EQ(event["body"] == Json(EncodeBase64(body)), is_base64) << type;
  }
  EXPECT_EQ(EventOf(Get("/"), "text")["body"], "text");
  EXPECT_EQ(EventOf(Get("/", {{"Content-Type", "image/png"}}))["isBase64Encoded"], false);
  EXPECT_EQ(EventOf(Get("/"), "\xff\xfe")["body"], "//4=");
}

TEST(HttpTriggerEventTest, IsJsonWhateverTheRequestHolds) {
  const Json event = EventOf(Get("/%ff?%fe=%fd", {{"x", "\xff"}}));

  EXPECT_EQ(event["rawPath"], "/%ff");
}

HttpAnswer AnswerTo(const std::string& result) {
  auto answer = ReadHttpTriggerResult(result);
  EXPECT_TRUE(answer) << result;
  return answer ? *std::move(answer) : HttpAnswer();
}

TEST(HttpTriggerResultTest, DescribesTheAnswer) {
  const HttpAnswer answer = AnswerTo(
      R"({"statusCode": 201, "headers": {"A": "b", "N": 1, "L": ["x", "y"]}, "body": "text"})");

  EXPECT_EQ(answer.status, 201);
  EXPECT_EQ(answer.body, "text");
  EXPECT_THAT(answer.headers,
              ElementsAre(Pair("A", "b"), Pair("N", "1"), Pair("L", "x"), Pair("L", "y")));
}

TEST(HttpTriggerResultTest, MayLeaveOutAllButTheStatus) {
  const HttpAnswer answer = AnswerTo(R"({"statusCode": "204"})");

  EXPECT_EQ(answer.status, 204);
  EXPECT_EQ(answer.body, "");
  EXPECT_THAT(answer.headers, IsEmpty());
}

TEST(HttpTriggerResultTest, DecodesABodyInBase64) {
  EXPECT_EQ(AnswerTo(R"({"statusCode":200,"isBase64Encoded":true,"body":"//4="})").body,
            "\xff\xfe");
  EXPECT_EQ(AnswerTo(R"({"statusCode":200,"isBase64Encoded":false,"body":"//4="})").body, "//4=");
}

TEST(HttpTriggerResultTest, WritesABodyThatIsNoStringAsJson) {
  EXPECT_EQ(AnswerTo(R"({"statusCode":200,"body":{"a":[1,null]}})").body, R"({"a":[1,null]})");
  EXPECT_EQ(AnswerTo(R"({"statusCode":200,"body":null})").body, "");
}

TEST(HttpTriggerResultTest, IsTheBodyWhereItDescribesNothing) {
  for (const char* result :
       {"", "text", R"({"a": 1})", R"([{"statusCode": 200}])", R"({"statusCode": 200)",
        R"({"a": {"statusCode": 200}})", "\xff\xfe"}) {
    const HttpAnswer answer = AnswerTo(result);

    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, result);
    EXPECT_THAT(answer.headers, ElementsAre(Pair("Content-Type", "application/json")));
  }
}

TEST(HttpTriggerResultTest, IsRefusedWhereTheAnswerCannotBeSent) {
  for (const char* result :
       {R"({"statusCode": 99})", R"({"statusCode": 600})", R"({"statusCode": "ok"})",
        R"({"statusCode": 1e30})", R"({"statusCode": null})", R"({"statusCode": 200.5})",
        R"({"statusCode": 18446744073709551615})", R"({"statusCode": 200, "headers": "a"})",
        R"({"statusCode": 200, "isBase64Encoded": true, "body": "!"})"}) {
    const auto answer = ReadHttpTriggerResult(result);

    ASSERT_FALSE(answer) << result;
    EXPECT_EQ(answer.error().code, ErrorCode::kProtocol);
    EXPECT_THAT(answer.error().message, HasSubstr("The function's answer "));
  }
}

TEST(ReservedAnswerHeaderTest, IsThePlatformsOrTheConnections) {
  for (const char* name : {"X-Fc-Request-Id", "x-fc-anything", "Connection", "Content-Length",
                           "date", "Keep-Alive", "Server", "Transfer-Encoding", "Upgrade"}) {
    EXPECT_TRUE(IsReservedAnswerHeader(name)) << name;
  }
  for (const char* name : {"Content-Type", "Content-Disposition", "X-Fcx", "Set-Cookie"}) {
    EXPECT_FALSE(IsReservedAnswerHeader(name)) << name;
  }
}

}  // namespace
}  // namespace openfc::wire
