#include "tests/unit/lang/python/function_test.h"

#include <gmock/gmock.h>

namespace openfc::python {
namespace {

class ContextTest : public FunctionTest {
 protected:
  static Invocation Full() {
    Invocation invocation;
    invocation.request_id = "r-9";
    invocation.function = {
        .name = "f\xc3\xbc", .handler = "index.handler", .memory_mb = 128, .timeout_s = 30};
    invocation.service = {
        .name = "s", .log_project = "lp", .log_store = "ls", .qualifier = "q", .version_id = "7"};
    invocation.credentials = {
        .access_key_id = "ak", .access_key_secret = "sk", .security_token = "st"};
    invocation.tracing = {
        .span_context = "sc", .span_baggages = "eyJhIjogMX0=", .jaeger_endpoint = "je"};
    invocation.region = "cn-x";
    invocation.account_id = "42";
    invocation.retry_count = 2;
    return invocation;
  }

  std::string Show(const std::string& expression, Invocation invocation = Full()) {
    Write("index.py",
          "def handler(event, context):\n    c = context\n    return repr(" + expression + ")\n");
    return TextOf(Invoke(std::move(invocation)));
  }
};

TEST_F(ContextTest, HasTheAttributesOfTheInvocation) {
  options_.context_shape = ContextShape::kFc2;

  EXPECT_EQ(Show("(type(c).__name__, c.requestId, c.request_id, c.region, c.account_id, "
                 "c.retry_count, c.function.name, c.function.handler, c.function.memory, "
                 "c.function.timeout, c.service.name, c.service.log_project, "
                 "c.service.log_store, c.service.qualifier, c.service.version_id)"),
            "('FCContext', 'r-9', 'r-9', 'cn-x', '42', 2, 'f\xc3\xbc', 'index.handler', 128, 30, "
            "'s', 'lp', 'ls', 'q', '7')");
}

TEST_F(ContextTest, SpellsCredentialsBothWays) {
  EXPECT_EQ(Show("(lambda k: (k.accessKeyId, k.access_key_id, k.accessKeySecret, "
                 "k.access_key_secret, k.securityToken, k.security_token))(c.credentials)"),
            "('ak', 'ak', 'sk', 'sk', 'st', 'st')");
}

TEST_F(ContextTest, DecodesTheBaggagesOfItsTrace) {
  EXPECT_EQ(Show("(c.tracing.span_context, c.tracing.span_baggages, c.tracing.jaeger_endpoint)"),
            "('sc', {'a': 1}, 'je')");
}

TEST_F(ContextTest, BaggagesThatCannotBeReadAreEmpty) {
  for (const char* text : {"", "%%%", "e", "WzFd", "/////w==", "e30"}) {
    Invocation invocation = Full();
    invocation.tracing.span_baggages = text;

    EXPECT_EQ(Show("c.tracing.span_baggages", std::move(invocation)), "{}") << text;
  }
}

TEST_F(ContextTest, WhatThePlatformDidNotSendIsEmpty) {
  Invocation invocation;
  invocation.function.handler = "index.handler";

  EXPECT_EQ(Show("(c.region, c.function.memory, c.service.name, c.credentials.access_key_id)",
                 std::move(invocation)),
            "('', 0, '', '')");
}

TEST_F(ContextTest, ToJsonIsOneLineInThePlatformsOrder) {
  EXPECT_EQ(
      Show("c.to_json()"),
      R"('{"requestId": "r-9", "credentials": {"accessKeyId": "ak", "accessKeySecret": "sk", )"
      R"("securityToken": "st"}, "function": {"name": "f\\u00fc", "handler": "index.handler", )"
      R"("memory": 128, "timeout": 30}, "service": {"name": "s", "logProject": "lp", )"
      R"("logStore": "ls", "qualifier": "q", "versionId": "7"}, "region": "cn-x", )"
      R"("accountId": "42", "retryCount": 2, "tracing": {"openTracingSpanContext": "sc", )"
      R"("openTracingSpanBaggages": {"a": 1}, "jaegerEndpoint": "je"}}')");
}

TEST_F(ContextTest, ItsAttributesAreItsOwn) {
  options_.context_shape = ContextShape::kFc2;

  EXPECT_EQ(Show("[sorted(vars(x)) for x in (c, c.credentials, c.function, c.service, c.tracing)]"),
            "[['account_id', 'credentials', 'function', 'logger', 'region', 'requestId', "
            "'request_id', 'retry_count', 'service', 'tracing'], ['accessKeyId', "
            "'accessKeySecret', 'access_key_id', 'access_key_secret', 'securityToken', "
            "'security_token'], ['handler', 'memory', 'name', 'timeout'], ['log_project', "
            "'log_store', 'name', 'qualifier', 'version_id'], ['jaeger_endpoint', "
            "'span_baggages', 'span_context']]");
}

TEST_F(ContextTest, SaysWhatItsOwnInvocationSays) {
  Write("index.py", "def handler(event, context): return context.to_json()");
  Invocation other = Full();
  other.request_id = "r-10";
  other.credentials.security_token = "st-2";
  other.service.version_id = "8";
  other.region = "cn-y";
  other.function.memory_mb = 512;
  other.tracing.span_baggages = "eyJiIjogMn0=";
  Invoke(Full());

  const std::string text = TextOf(Invoke(std::move(other)));

  for (const char* part :
       {R"("requestId": "r-10")", R"("accessKeyId": "ak")", R"("securityToken": "st-2")",
        R"("memory": 512)", R"("versionId": "8")", R"("region": "cn-y")", R"({"b": 2})"}) {
    EXPECT_THAT(text, ::testing::HasSubstr(part));
  }
}

TEST_F(ContextTest, WhatTheUserChangesInOneIsNotInTheNext) {
  Write("index.py",
        "def handler(event, context):\n"
        "    seen = repr((context.service.name, vars(context.function).get('mine'),\n"
        "                 context.tracing.span_baggages))\n"
        "    context.service.name = 'changed'\n"
        "    context.function.mine = 1\n"
        "    context.tracing.span_baggages['mine'] = 1\n"
        "    return seen\n");
  const std::string first = TextOf(Invoke(Full()));

  EXPECT_EQ(first, "('s', None, {'a': 1})");
  EXPECT_EQ(TextOf(Invoke(Full())), first);
}

TEST_F(ContextTest, ReturnedByTheHandlerItIsItsJson) {
  Write("index.py", "def handler(event, context): return context");

  EXPECT_EQ(TextOf(Invoke(Full())).substr(0, 18), "\"{\\\"requestId\\\": \\");
}

TEST_F(ContextTest, TheUserMayAddToIt) { EXPECT_EQ(Show("setattr(c, 'mine', 1) or c.mine"), "1"); }

TEST_F(ContextTest, TheOlderShapeHasNoLoggerButGivesTheRoot) {
  options_.context_shape = ContextShape::kFc2;

  EXPECT_EQ(Show("(c.logger, c.getLogger() is __import__('logging').getLogger(), "
                 "hasattr(c, 'log_project'))"),
            "(None, True, False)");
}

TEST_F(ContextTest, TheNewerShapeHasALoggerAndItsOwnFieldsBesideTheOlderOnes) {
  options_.context_shape = ContextShape::kFc3;

  EXPECT_EQ(Show("(c.logger is __import__('logging').getLogger(), c.getLogger() is c.logger, "
                 "c.log_project, c.log_store, c.function.version_id, c.function.qualifier, "
                 "c.service.name, c.credentials.access_key_id)"),
            "(True, True, 'lp', 'ls', '7', 'q', 's', 'ak')");
}

TEST_F(ContextTest, ThePythonVersionChoosesTheShape) {
  EXPECT_EQ(Show("hasattr(c, 'log_project')"), PY_VERSION_HEX >= 0x030C0000 ? "True" : "False");
}

TEST_F(ContextTest, BytesThatAreNotUtf8ComeAsSurrogates) {
  Invocation invocation = Full();
  invocation.region = "\xff";

  EXPECT_EQ(Show("c.region", std::move(invocation)), R"('\udcff')");
}

}  // namespace
}  // namespace openfc::python
