// Sections 1 and 4, the context: what the headers of `next` become.

#include "tests/conformance/row.h"

#include <gmock/gmock.h>

namespace openfc::testing {
namespace {

// base64 of {"a": "b", "c": "d"}
constexpr const char* kBaggages = "eyJhIjogImIiLCAiYyI6ICJkIn0=";

/// A value of its own in each header.
const HeaderPairs kAllHeaders = {
    {"x-fc-function-name", "fn"},
    {"x-fc-function-memory", "128"},
    {"x-fc-function-timeout", "60"},
    {"x-fc-service-name", "svc"},
    {"x-fc-service-logproject", "lp"},
    {"x-fc-service-logstore", "ls"},
    {"x-fc-qualifier", "LATEST"},
    {"x-fc-version-id", "7"},
    {"x-fc-access-key-id", "ak"},
    {"x-fc-access-key-secret", "as"},
    {"x-fc-security-token", "st"},
    {"x-fc-region", "cn-x"},
    {"x-fc-account-id", "123"},
    {"x-fc-retry-count", "2"},
    {"x-fc-tracing-opentracing-span-context", "span"},
    {"x-fc-tracing-opentracing-span-baggages", kBaggages},
    {"x-fc-tracing-jaeger-endpoint", "http://jaeger"},
};

constexpr std::string_view kFullJson =
    R"({"requestId": "r-1", "credentials": {"accessKeyId": "ak", "accessKeySecret": "as", )"
    R"("securityToken": "st"}, "function": {"name": "fn", "handler": "index.handler", )"
    R"("memory": 128, "timeout": 60}, "service": {"name": "svc", "logProject": "lp", )"
    R"("logStore": "ls", "qualifier": "LATEST", "versionId": "7"}, "region": "cn-x", )"
    R"("accountId": "123", "retryCount": 2, "tracing": {"openTracingSpanContext": "span", )"
    R"("openTracingSpanBaggages": {"a": "b", "c": "d"}, "jaegerEndpoint": "http://jaeger"}})";

constexpr std::string_view kBareJson =
    R"({"requestId": "r-1", "credentials": {"accessKeyId": "", "accessKeySecret": "", )"
    R"("securityToken": ""}, "function": {"name": "", "handler": "index.handler", )"
    R"("memory": 0, "timeout": 0}, "service": {"name": "", "logProject": "", )"
    R"("logStore": "", "qualifier": "", "versionId": ""}, "region": "", )"
    R"("accountId": "", "retryCount": 0, "tracing": {"openTracingSpanContext": "", )"
    R"("openTracingSpanBaggages": {}, "jaegerEndpoint": ""}})";

HeaderPairs Recased(char (*change)(char)) {
  HeaderPairs headers = kAllHeaders;
  for (auto& [name, value] : headers) {
    for (char& letter : name) letter = change(letter);
  }
  return headers;
}

char Upper(char letter) {
  return letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter;
}

/// As Go's servers write names: X-Fc-Request-Id.
HeaderPairs Canonical() {
  HeaderPairs headers = kAllHeaders;
  for (auto& [name, value] : headers) {
    for (std::size_t i = 0; i < name.size(); ++i) {
      if (i == 0 || name[i - 1] == '-') name[i] = Upper(name[i]);
    }
  }
  return headers;
}

Row Shows(const std::string& rule, const std::string& expression, const HeaderPairs& headers,
          Expectation expected, const std::string& shape = "fc2") {
  Row row = Returning(rule, expression, std::move(expected), "import json, logging\n");
  row.calls[0].headers = headers;
  row.environment = {{"OPENFC_CONTEXT", shape}};
  return row;
}

Row Has(const std::string& attribute, const std::string& rule, const std::string& value) {
  return Shows(rule, "context." + attribute, kAllHeaders, Body(value));
}

Row Number(const std::string& rule, const std::string& header, const std::string& attribute,
           const std::string& text, const std::string& value) {
  return Shows(rule, "repr(context." + attribute + ")", {{header, text}}, Body(value));
}

Row Baggages(const std::string& rule, const std::string& text) {
  return Shows(rule, "repr(context.tracing.span_baggages)",
               {{"x-fc-tracing-opentracing-span-baggages", text}}, Body("{}"));
}

/// A request id header in another case than ours.
Row ReadsTheIdInAnyCase() {
  Row row = Shows("ReadsTheIdOfAGoServer", "context.request_id", {}, {});
  row.calls.clear();
  row.play = [](Instance& instance) {
    instance.platform().AnswerNext(Respond(
        200, "", {{"X-Fc-Request-Id", "go-1"}, {"X-Fc-Function-Handler", "index.handler"}}));
    const auto post = instance.platform().AwaitPostFor("go-1");
    ASSERT_TRUE(post);
    EXPECT_EQ(post->body, "go-1");
  };
  return row;
}

const std::vector<Row> kRows = {
    Shows("WritesItselfAsJsonInThisOrder", "context.to_json()", kAllHeaders, Body(kFullJson)),
    Shows("ReadsAbsentHeadersAsEmpty", "context.to_json()", {}, Body(kBareJson)),
    Shows("ReadsHeaderNamesInUpperCase", "context.to_json()", Recased(Upper), Body(kFullJson)),
    Shows("ReadsHeaderNamesInGosCase", "context.to_json()", Canonical(), Body(kFullJson)),
    ReadsTheIdInAnyCase(),
    Shows("EscapesForeignValuesInItsJson", "context.to_json()[:200].count('\\\\u')",
          {{"x-fc-access-key-id", "h\u00e9"}}, Body("1")),
    Shows("IsAnFCContext", "type(context).__name__", {}, Body("FCContext")),

    Has("requestId", "HasRequestIdInCamelCase", "r-1"),
    Has("request_id", "HasRequestId", "r-1"),
    Has("credentials.accessKeyId", "HasAccessKeyIdInCamelCase", "ak"),
    Has("credentials.access_key_id", "HasAccessKeyId", "ak"),
    Has("credentials.accessKeySecret", "HasAccessKeySecretInCamelCase", "as"),
    Has("credentials.access_key_secret", "HasAccessKeySecret", "as"),
    Has("credentials.securityToken", "HasSecurityTokenInCamelCase", "st"),
    Has("credentials.security_token", "HasSecurityToken", "st"),
    Has("function.name", "HasFunctionName", "fn"),
    Has("function.handler", "HasFunctionHandler", "index.handler"),
    Has("function.memory", "HasFunctionMemoryAsANumber", "128"),
    Has("function.timeout", "HasFunctionTimeoutAsANumber", "60"),
    Has("service.name", "HasServiceName", "svc"),
    Has("service.log_project", "HasServiceLogProject", "lp"),
    Has("service.log_store", "HasServiceLogStore", "ls"),
    Has("service.qualifier", "HasServiceQualifier", "LATEST"),
    Has("service.version_id", "HasServiceVersionId", "7"),
    Has("region", "HasRegion", "cn-x"),
    Has("account_id", "HasAccountId", "123"),
    Has("retry_count", "HasRetryCountAsANumber", "2"),
    Has("tracing.span_context", "HasSpanContext", "span"),
    Has("tracing.span_baggages", "HasSpanBaggagesAsADict",
        "{\n    \"a\": \"b\",\n    \"c\": \"d\"\n}"),
    Has("tracing.jaeger_endpoint", "HasJaegerEndpoint", "http://jaeger"),

    Number("ReadsAnUnreadableMemoryAsZero", "x-fc-function-memory", "function.memory", "lots", "0"),
    Number("ReadsMemoryWithRubbishBehindItAsZero", "x-fc-function-memory", "function.memory",
           "128MB", "0"),
    Number("ReadsAnEmptyTimeoutAsZero", "x-fc-function-timeout", "function.timeout", "", "0"),
    Number("ReadsAFractionAsZero", "x-fc-function-timeout", "function.timeout", "1.5", "0"),
    Number("ReadsATimeoutBeyondAllBoundsAsZero", "x-fc-function-timeout", "function.timeout",
           "99999999999999999999999", "0"),
    Number("ReadsAnUnreadableRetryCountAsZero", "x-fc-retry-count", "retry_count", "x", "0"),

    Baggages("ReadsBaggagesThatAreNotBase64AsNone", "%%%"),
    Baggages("ReadsBaggagesThatAreNotJsonAsNone", "bm90IGpzb24="),
    Baggages("ReadsBaggagesThatAreNoObjectAsNone", "WzFd"),
    Baggages("ReadsBaggagesThatAreNotUtf8AsNone", "//8="),
    Baggages("ReadsEmptyBaggagesAsNone", ""),

    Shows("HasNoLoggerWithOneInvocationAtATime", "repr(context.logger)", {}, Body("None")),
    Shows("GivesTheRootLogger", "context.getLogger() is logging.getLogger()", {}, Body("true")),
    {.rule = "LetsTheUserAddAttributesToOneContext",
     .files = Index("def handler(event, context):\n    before = hasattr(context, 'mine')\n"
                    "    context.mine = 5\n    return [before, context.mine]\n"),
     .calls = {{.expected = Body("[\n    false,\n    5\n]")},
               {.expected = Body("[\n    false,\n    5\n]")}}},
    {.rule = "ShowsEachInvocationItsOwnValues",
     .files = Index("def handler(event, context):\n    return context.request_id + "
                    "context.region\n"),
     .calls = {{.headers = {{"x-fc-region", "a"}}, .expected = Body("r-1a")},
               {.expected = Body("r-2")}}},

    Shows("HasTheNewerShapeWhenTold",
          "[context.function.version_id, context.function.qualifier, context.log_project, "
          "context.log_store, context.logger is not None]",
          kAllHeaders,
          Body("[\n    \"7\",\n    \"LATEST\",\n    \"lp\",\n    \"ls\",\n    true\n]"), "fc3"),
    Shows("KeepsTheOlderFieldsInTheNewerShape",
          "[context.requestId, context.credentials.access_key_id, context.service.name, "
          "context.function.memory, context.getLogger() is not None]",
          kAllHeaders, Body("[\n    \"r-1\",\n    \"ak\",\n    \"svc\",\n    128,\n    true\n]"),
          "fc3"),
    Shows("HasTheOlderShapeWhenTold", "hasattr(context, 'log_project')", {}, Body("false")),
    Returning("ChoosesItsShapeByThePythonVersion", "hasattr(context, 'log_project')",
              BodyAsPython("sys.version_info >= (3, 12)")),
};

OPENFC_CONFORMANCE_ROWS(Section4Context, kRows);

}  // namespace
}  // namespace openfc::testing
