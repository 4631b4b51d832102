#include "runtime/server/answers.h"

#include <gmock/gmock.h>

#include <vector>

namespace openfc {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Not;
using ::testing::Pair;

auto Has(const std::string& name, const std::string& value) { return Contains(Pair(name, value)); }

http::Response AnswerOf(RequestKind kind, Outcome outcome, int error_status = 404) {
  return MappingOf(kind, "r-1", error_status).outcome(std::move(outcome));
}

http::HeaderList HeadOf(RequestKind kind, http::HeaderList headers) {
  return MappingOf(kind, "r-1", 404).head({.status = 200, .headers = std::move(headers)}).headers;
}

TEST(AnswersTest, ToEventsAndHooksAreTheResultItself) {
  for (const RequestKind kind :
       {RequestKind::kEvent, RequestKind::kCloudEvent, RequestKind::kHook}) {
    const http::Response answer = AnswerOf(kind, Response{.body = R"({"statusCode": 500})"});

    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, R"({"statusCode": 500})");
    EXPECT_THAT(answer.headers, AllOf(Has("Content-Type", "application/octet-stream"),
                                      Has("x-fc-status", "200"), Has("x-fc-request-id", "r-1")));
  }
}

TEST(AnswersTest, ToFailuresHaveTheStatusOfTheirKind) {
  for (const auto& [kind, status] :
       std::vector<std::pair<RequestKind, int>>{{RequestKind::kEvent, 418},
                                                {RequestKind::kCloudEvent, 418},
                                                {RequestKind::kHook, 500},
                                                {RequestKind::kTrigger, 502},
                                                {RequestKind::kApplication, 502}}) {
    const http::Response answer =
        AnswerOf(kind, Failure{.type = "T", .document = "{}"}, /*error_status=*/418);

    EXPECT_EQ(answer.status, status);
    EXPECT_EQ(answer.body, "{}");
    EXPECT_THAT(answer.headers, AllOf(Has("Content-Type", "application/json"),
                                      Has("x-fc-status", "404"), Has("x-fc-request-id", "r-1")));
  }
}

TEST(AnswersTest, ToTriggersAreWhatTheResultDescribes) {
  const http::Response answer = AnswerOf(
      RequestKind::kTrigger,
      Response{.body =
                   R"({"statusCode": 201, "headers": {"X-A": "b", "x-fc-b": "c"}, "body": "t"})"});

  EXPECT_EQ(answer.status, 201);
  EXPECT_EQ(answer.body, "t");
  EXPECT_THAT(answer.headers, AllOf(Has("X-A", "b"), Not(Contains(Pair("x-fc-b", "c")))));
}

TEST(AnswersTest, ThatAreStreamedHaveTheHeadersOfTheirKind) {
  EXPECT_THAT(HeadOf(RequestKind::kEvent, {}),
              AllOf(Has("x-fc-status", "200"), Has("x-fc-request-id", "r-1"),
                    Has("Content-Type", "application/octet-stream")));
  EXPECT_THAT(HeadOf(RequestKind::kTrigger, {{"content-type", "text/event-stream"}}),
              AllOf(Has("content-type", "text/event-stream"), Has("x-fc-request-id", "r-1"),
                    Not(Has("x-fc-status", "200"))));
}

TEST(AnswersTest, OfAnApplicationKeepTheirLengthAndNothingReserved) {
  EXPECT_THAT(
      HeadOf(RequestKind::kApplication,
             {{"content-length", "4"}, {"Date", "today"}, {"X-Fc-A", "b"}}),
      AllOf(Has("Content-Length", "4"), Not(Has("Date", "today")), Not(Has("X-Fc-A", "b"))));
}

}  // namespace
}  // namespace openfc
