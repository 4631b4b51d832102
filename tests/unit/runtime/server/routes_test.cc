#include "runtime/server/routes.h"

#include "runtime/page/shared_page.h"
#include "tests/unit/runtime/server/server_fakes.h"

#include <gtest/gtest.h>

#include <vector>

namespace openfc {
namespace {

constexpr FunctionInterface kEvent = FunctionInterface::kEvent;
constexpr FunctionInterface kWsgi = FunctionInterface::kWsgi;

/// One line of the contract's table.
struct RouteCase {
  const char* name;
  RequestText request;
  FunctionInterface interface = kEvent;
  RequestKind kind = RequestKind::kEvent;
  InvocationType type = InvocationType::kInvoke;
};

class RouteTest : public ::testing::TestWithParam<RouteCase> {};

TEST_P(RouteTest, IsAsTheContractSays) {
  const RouteOptions options{
      .interface = GetParam().interface, .handler = "index.handler", .pre_stop = "index.pre_stop"};

  const auto routed = RouteRequest(MakeRequest(GetParam().request), options);

  ASSERT_TRUE(routed);
  EXPECT_EQ(routed->kind, GetParam().kind);
  EXPECT_EQ(routed->invocation.type, GetParam().type);
  EXPECT_EQ(routed->invocation.http.has_value(), GetParam().kind == RequestKind::kApplication);
}

const std::vector<std::pair<std::string, std::string>> kCloudEvent = {
    {"ce-specversion", "1.0"}, {"ce-id", "1"}, {"ce-source", "s"}, {"ce-type", "t"}};

INSTANTIATE_TEST_SUITE_P(
    All, RouteTest,
    ::testing::Values(RouteCase{.name = "AnEvent", .request = {}},
                      RouteCase{.name = "AnEventOfThePlatform",
                                .request = {.headers = {{"x-fc-control-path", "/invoke"}}}},
                      RouteCase{.name = "AnEventWithAQuery", .request = {.target = "/invoke?a=1"}},
                      RouteCase{.name = "ARequestToTheEventsPath",
                                .request = {.headers = {{"x-fc-control-path", "/http-invoke"}}},
                                .kind = RequestKind::kTrigger},
                      RouteCase{.name = "AnotherMethod",
                                .request = {.method = "PUT"},
                                .kind = RequestKind::kTrigger},
                      RouteCase{.name = "AnotherPath",
                                .request = {.target = "/invoke/"},
                                .kind = RequestKind::kTrigger},
                      RouteCase{.name = "ACloudEvent",
                                .request = {.target = "/any", .headers = kCloudEvent},
                                .kind = RequestKind::kCloudEvent},
                      RouteCase{.name = "ACloudEventToTheEventsPath",
                                .request = {.headers = kCloudEvent},
                                .kind = RequestKind::kCloudEvent},
                      RouteCase{.name = "AHookThatThePlatformAsksFor",
                                .request = {.target = "/initialize",
                                            .headers = {{"x-fc-control-path", "/initialize"}}},
                                .kind = RequestKind::kHook,
                                .type = InvocationType::kInitialize},
                      RouteCase{.name = "AHookThatNobodyKnows",
                                .request = {.target = "/initialize"},
                                .kind = RequestKind::kTrigger},
                      RouteCase{.name = "AHookThatIsConfigured",
                                .request = {.method = "GET", .target = "/pre-stop"},
                                .kind = RequestKind::kHook,
                                .type = InvocationType::kPreStop},
                      RouteCase{.name = "AnApplication",
                                .request = {},
                                .interface = kWsgi,
                                .kind = RequestKind::kApplication},
                      RouteCase{.name = "AnApplicationThatIsSentACloudEvent",
                                .request = {.headers = kCloudEvent},
                                .interface = kWsgi,
                                .kind = RequestKind::kApplication},
                      RouteCase{.name = "AnApplicationsHookThatIsConfigured",
                                .request = {.method = "GET", .target = "/pre-stop"},
                                .interface = kWsgi,
                                .kind = RequestKind::kHook,
                                .type = InvocationType::kPreStop},
                      RouteCase{.name = "AnApplicationsHookThatIsNot",
                                .request = {.target = "/initialize",
                                            .headers = {{"x-fc-control-path", "/initialize"}}},
                                .interface = kWsgi,
                                .kind = RequestKind::kApplication}),
    [](const auto& row) { return row.param.name; });

RoutedRequest Route(const RequestText& text, const RouteOptions& options = {}) {
  return RouteRequest(MakeRequest(text), options).value();
}

TEST(RouteRequestTest, TakesTheHandlerFromTheConfiguration) {
  const auto routed =
      Route({.headers = {{"x-fc-function-handler", "os.system"}}}, {.handler = "index.handler"});

  EXPECT_EQ(routed.invocation.function.handler, "index.handler");
}

TEST(RouteRequestTest, TakesAHooksHandlerFromTheConfigurationFirst) {
  const RequestText text{.target = "/initialize",
                         .headers = {{"x-fc-control-path", "/initialize"},
                                     {"x-fc-function-initializer", "index.theirs"}}};

  EXPECT_EQ(Route(text).invocation.function.handler, "index.theirs");
  EXPECT_EQ(Route(text, {.initializer = "index.ours"}).invocation.function.handler, "index.ours");
}

TEST(RouteRequestTest, GivesAnInitializerItsOwnTimeout) {
  const RouteOptions options{.initializer = "index.ours"};
  RequestText text{
      .target = "/initialize",
      .headers = {{"x-fc-function-timeout", "5"}, {"x-fc-initialization-timeout", "60"}}};

  EXPECT_EQ(Route(text, options).invocation.function.timeout_s, 60);
  text.headers[1].second = "soon";
  EXPECT_EQ(Route(text, options).invocation.function.timeout_s, 5);
}

TEST(RouteRequestTest, MakesAnIdUpForWhatIsNone) {
  for (const char* id : {"", "two words", "a/b"}) {
    const auto routed = Route({.headers = {{"x-fc-request-id", id}}});

    EXPECT_TRUE(IsValidRequestId(routed.invocation.request_id));
  }
  EXPECT_EQ(Route({.headers = {{"x-fc-request-id", "r-1"}}}).invocation.request_id, "r-1");
}

TEST(RouteRequestTest, DescribesTheRequestToAnApplication) {
  const auto routed = Route({.method = "PUT",
                             .target = "/a%20b?c",
                             .headers = {{"X-A", "1"}, {"x-fc-base-path", "/base"}},
                             .body = "body"},
                            {.interface = kWsgi});

  const HttpRequest& request = *routed.invocation.http;
  EXPECT_EQ(request.method, "PUT");
  EXPECT_EQ(request.target, "/a%20b?c");
  EXPECT_EQ(request.base_path, "/base");
  EXPECT_EQ(request.headers[1], std::pair(std::string("X-A"), std::string("1")));
  EXPECT_EQ(std::get<std::string>(routed.invocation.body), "body");
}

}  // namespace
}  // namespace openfc
