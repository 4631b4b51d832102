#include "runtime/wire/outcome_post.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace openfc::wire {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

TEST(OutcomePostTest, GoesToTheResponseOfItsInvocation) {
  const Outcome outcome = Response{.body = "bytes"};

  const OutcomePost post = PostOf(outcome, "r-1");

  EXPECT_EQ(post.path, "/2020-11-11/runtime/invocation/r-1/response");
  EXPECT_EQ(post.content_type, "application/octet-stream");
  EXPECT_EQ(post.body, "bytes");
  EXPECT_THAT(post.headers, IsEmpty());
}

TEST(OutcomePostTest, CarriesAnHttpFunctionsParameters) {
  const Outcome outcome = Response{.body = "", .http_params = "e30="};

  EXPECT_THAT(PostOf(outcome, "r-1").headers, ElementsAre(Pair("x-fc-http-params", "e30=")));
}

TEST(OutcomePostTest, OfAFailureGoesToTheErrorOfItsInvocation) {
  const Outcome outcome = Failure{.type = "E", .document = "{}"};

  const OutcomePost post = PostOf(outcome, "r-1");

  EXPECT_EQ(post.path, "/2020-11-11/runtime/invocation/r-1/error");
  EXPECT_EQ(post.content_type, "application/json");
  EXPECT_EQ(post.body, "{}");
}

TEST(OutcomePostTest, HasInAwsDialectItsOwnPathAndWhatTheOutcomeCarries) {
  const Outcome response =
      Response{.body = "1", .content_type = "application/unknown", .headers = {{"a", "b"}}};
  const Outcome failure = Failure{.type = "E", .document = "{}", .headers = {{"c", "d"}}};

  const OutcomePost of_response = PostOf(response, "r-1", Dialect::kAws);
  const OutcomePost of_failure = PostOf(failure, "r-1", Dialect::kAws);

  EXPECT_EQ(of_response.path, "/2018-06-01/runtime/invocation/r-1/response");
  EXPECT_EQ(of_response.content_type, "application/unknown");
  EXPECT_THAT(of_response.headers, ElementsAre(Pair("a", "b")));
  EXPECT_EQ(of_failure.path, "/2018-06-01/runtime/invocation/r-1/error");
  EXPECT_THAT(of_failure.headers, ElementsAre(Pair("c", "d")));
}

TEST(InitErrorPostTest, NamesTheTypeInAHeaderInAwsDialectOnly) {
  const Failure failure{.type = "Runtime.HandlerNotFound", .document = "{}"};

  EXPECT_EQ(InitErrorPostOf(failure).path, "/2020-11-11/runtime/init/error");
  EXPECT_THAT(InitErrorPostOf(failure).headers, IsEmpty());
  EXPECT_EQ(InitErrorPostOf(failure, Dialect::kAws).path, "/2018-06-01/runtime/init/error");
  EXPECT_THAT(InitErrorPostOf(failure, Dialect::kAws).headers,
              ElementsAre(Pair("Lambda-Runtime-Function-Error-Type", "Runtime.HandlerNotFound")));
}

}  // namespace
}  // namespace openfc::wire
