#include "runtime/wire/invocation_headers.h"

#include <gtest/gtest.h>

#include <chrono>
#include <map>

namespace openfc::wire {
namespace {

using std::chrono::duration_cast;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::system_clock;

using Headers = std::map<std::string, std::string, std::less<>>;

Invocation Read(const Headers& headers, Dialect dialect = Dialect::kFc) {
  const auto look_up = [&headers](std::string_view name) -> std::optional<std::string_view> {
    const auto found = headers.find(name);
    if (found == headers.end()) return std::nullopt;
    return std::string_view(found->second);
  };
  return ReadInvocation(look_up, dialect);
}

std::string EpochMilliseconds(milliseconds from_now) {
  const auto now = duration_cast<milliseconds>(system_clock::now().time_since_epoch());
  return std::to_string((now + from_now).count());
}

TEST(ReadInvocationTest, ReadsAbsentStringsAsEmptyAndAbsentNumbersAsZero) {
  const Invocation invocation = Read({});

  EXPECT_EQ(invocation.request_id, "");
  EXPECT_EQ(invocation.function.memory_mb, 0);
  EXPECT_EQ(invocation.function.timeout_s, 0);
  EXPECT_EQ(invocation.type, InvocationType::kInvoke);
  EXPECT_EQ(invocation.http_params, std::nullopt);
  EXPECT_TRUE(invocation.deadline.IsNever());
}

TEST(ReadInvocationTest, ReadsANumberThatIsNoneAsZero) {
  const Invocation invocation = Read({{"x-fc-function-memory", "12x"},
                                      {"x-fc-function-timeout", "1.5"},
                                      {"x-fc-retry-count", "99999999999999999999"}});

  EXPECT_EQ(invocation.function.memory_mb, 0);
  EXPECT_EQ(invocation.function.timeout_s, 0);
  EXPECT_EQ(invocation.retry_count, 0);
}

TEST(ReadInvocationTest, ReadsANumberBetweenBlanks) {
  EXPECT_EQ(Read({{"x-fc-function-memory", " 512\t"}}).function.memory_mb, 512);
}

struct TypeCase {
  const char* header;
  InvocationType type;
};

class InvocationTypeTest : public ::testing::TestWithParam<TypeCase> {};

TEST_P(InvocationTypeTest, TakesAnythingButOneToThreeForAnInvoke) {
  EXPECT_EQ(Read({{"x-fc-function-type", GetParam().header}}).type, GetParam().type);
}

INSTANTIATE_TEST_SUITE_P(All, InvocationTypeTest,
                         ::testing::Values(TypeCase{"0", InvocationType::kInvoke},
                                           TypeCase{"1", InvocationType::kInitialize},
                                           TypeCase{"2", InvocationType::kPreStop},
                                           TypeCase{"3", InvocationType::kPreFreeze},
                                           TypeCase{"4", InvocationType::kInvoke},
                                           TypeCase{"-1", InvocationType::kInvoke},
                                           TypeCase{"", InvocationType::kInvoke},
                                           TypeCase{"one", InvocationType::kInvoke}));

TEST(ReadInvocationTest, TurnsTheWallClockDeadlineIntoASteadyOne) {
  const Invocation invocation = Read(
      {{"x-fc-function-deadline", EpochMilliseconds(hours(2))}, {"x-fc-function-timeout", "1"}});

  EXPECT_GT(invocation.deadline.Remaining(), hours(1));
  EXPECT_LT(invocation.deadline.Remaining(), hours(3));
}

TEST(ReadInvocationTest, CountsTheTimeoutFromNowWhenThereIsNoDeadline) {
  const Invocation invocation = Read({{"x-fc-function-timeout", "7200"}});

  EXPECT_GT(invocation.deadline.Remaining(), hours(1));
  EXPECT_LE(invocation.deadline.Remaining(), hours(2));
}

TEST(ReadInvocationTest, TakesADeadlineOfThePastForOneThatHasPassed) {
  EXPECT_TRUE(
      Read({{"x-fc-function-deadline", EpochMilliseconds(seconds(-5))}}).deadline.HasPassed());
}

TEST(ReadInvocationTest, TakesADeadlineBeyondAllReasonForNone) {
  EXPECT_TRUE(Read({{"x-fc-function-deadline", "9223372036854775807"}}).deadline.IsNever());
  EXPECT_TRUE(Read({{"x-fc-function-timeout", "9223372036854775807"}}).deadline.IsNever());
}

TEST(WriteInvocationTest, IsReadBackAsItWas) {
  Invocation written;
  written.request_id = "r-1";
  written.type = InvocationType::kPreStop;
  written.function = {.name = "f", .handler = "index.f", .memory_mb = 128, .timeout_s = 60};
  written.service = {
      .name = "s", .log_project = "p", .log_store = "l", .qualifier = "LATEST", .version_id = "7"};
  written.credentials = {.access_key_id = "id", .access_key_secret = "k", .security_token = "t"};
  written.tracing = {.span_context = "c", .span_baggages = "e30=", .jaeger_endpoint = "j"};
  written.region = "cn-hangzhou";
  written.account_id = "42";
  written.instance_id = "i-1";
  written.client_ip = "10.1.2.3";
  written.trace_id = "t-1";
  written.retry_count = 2;
  written.http_params = "e30=";
  written.deadline = Deadline::After(hours(2));

  Headers headers;
  for (const auto& [name, value] : WriteInvocation(written)) headers.emplace(name, value);
  const Invocation read = Read(headers);

  EXPECT_EQ(read.request_id, written.request_id);
  EXPECT_EQ(read.type, written.type);
  EXPECT_EQ(read.function.name, "f");
  EXPECT_EQ(read.function.handler, "index.f");
  EXPECT_EQ(read.function.memory_mb, 128);
  EXPECT_EQ(read.function.timeout_s, 60);
  EXPECT_EQ(read.service.name, "s");
  EXPECT_EQ(read.service.log_project, "p");
  EXPECT_EQ(read.service.log_store, "l");
  EXPECT_EQ(read.service.qualifier, "LATEST");
  EXPECT_EQ(read.service.version_id, "7");
  EXPECT_EQ(read.credentials.access_key_id, "id");
  EXPECT_EQ(read.credentials.access_key_secret, "k");
  EXPECT_EQ(read.credentials.security_token, "t");
  EXPECT_EQ(read.tracing.span_context, "c");
  EXPECT_EQ(read.tracing.span_baggages, "e30=");
  EXPECT_EQ(read.tracing.jaeger_endpoint, "j");
  EXPECT_EQ(read.region, "cn-hangzhou");
  EXPECT_EQ(read.account_id, "42");
  EXPECT_EQ(read.instance_id, "i-1");
  EXPECT_EQ(read.client_ip, "10.1.2.3");
  EXPECT_EQ(read.trace_id, "t-1");
  EXPECT_EQ(read.retry_count, 2);
  EXPECT_EQ(read.http_params, "e30=");
  EXPECT_GT(read.deadline.Remaining(), hours(1));
}

TEST(WriteInvocationTest, LeavesOutWhatIsNotThere) {
  Headers headers;
  for (const auto& [name, value] : WriteInvocation({})) headers.emplace(name, value);

  EXPECT_EQ(headers.count("x-fc-region"), 0U);
  EXPECT_EQ(headers.count("x-fc-http-params"), 0U);
  EXPECT_EQ(headers.count("x-fc-function-deadline"), 0U);
}

TEST(ReadInvocationTest, ReadsTheHeadersOfAwsDialect) {
  const std::string deadline = EpochMilliseconds(hours(1));

  const Invocation invocation = Read({{"lambda-runtime-aws-request-id", "r-1"},
                                      {"lambda-runtime-deadline-ms", deadline},
                                      {"lambda-runtime-invoked-function-arn", "arn"},
                                      {"lambda-runtime-trace-id", "Root=1"},
                                      {"lambda-runtime-client-context", "{}"},
                                      {"lambda-runtime-cognito-identity", "{\"a\":1}"},
                                      {"lambda-runtime-aws-tenant-id", "tenant"},
                                      {"lambda-runtime-invocation-id", "attempt"},
                                      {"content-type", "application/json"},
                                      {"x-fc-function-type", "1"}},
                                     Dialect::kAws);

  EXPECT_EQ(invocation.request_id, "r-1");
  EXPECT_EQ(invocation.type, InvocationType::kInvoke);
  EXPECT_EQ(invocation.trace_id, "Root=1");
  EXPECT_EQ(invocation.lambda.invoked_function_arn, "arn");
  EXPECT_EQ(invocation.lambda.client_context, "{}");
  EXPECT_EQ(invocation.lambda.cognito_identity, "{\"a\":1}");
  EXPECT_EQ(invocation.lambda.tenant_id, "tenant");
  EXPECT_EQ(invocation.lambda.invocation_id, "attempt");
  EXPECT_EQ(invocation.lambda.content_type, "application/json");
  EXPECT_EQ(std::to_string(invocation.lambda.deadline_ms), deadline);
  EXPECT_FALSE(invocation.deadline.IsNever());
}

TEST(ReadInvocationTest, HasNoDeadlineInAwsDialectWhenNoneIsSent) {
  const Invocation invocation = Read({{"lambda-runtime-aws-request-id", "r-1"}}, Dialect::kAws);

  EXPECT_TRUE(invocation.deadline.IsNever());
  EXPECT_EQ(invocation.lambda.deadline_ms, 0);
}

}  // namespace
}  // namespace openfc::wire
