#include "runtime/wire/invocation_headers.h"

#include <array>
#include <charconv>
#include <cstdint>

namespace openfc::wire {
namespace {

using std::chrono::milliseconds;
using std::chrono::system_clock;

constexpr std::string_view kTypeHeader = "x-fc-function-type";
constexpr std::string_view kDeadlineHeader = "x-fc-function-deadline";

std::string_view Trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// 0 when absent, not a whole number, or out of range.
std::int64_t NumberOf(std::optional<std::string_view> text) {
  std::int64_t number = 0;
  const std::string_view digits = Trim(text.value_or(std::string_view()));
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return error == std::errc() && end == digits.data() + digits.size() ? number : 0;
}

/// The table that both directions share: each string header and its field.
struct StringField {
  std::string_view name;
  std::string& (*of)(Invocation&);
};

constexpr auto kStringFields = std::to_array<StringField>({
    {kRequestIdHeader, [](Invocation& i) -> std::string& { return i.request_id; }},
    {"x-fc-function-handler", [](Invocation& i) -> std::string& { return i.function.handler; }},
    {"x-fc-function-name", [](Invocation& i) -> std::string& { return i.function.name; }},
    {"x-fc-service-name", [](Invocation& i) -> std::string& { return i.service.name; }},
    {"x-fc-service-logproject",
     [](Invocation& i) -> std::string& { return i.service.log_project; }},
    {"x-fc-service-logstore", [](Invocation& i) -> std::string& { return i.service.log_store; }},
    {"x-fc-qualifier", [](Invocation& i) -> std::string& { return i.service.qualifier; }},
    {"x-fc-version-id", [](Invocation& i) -> std::string& { return i.service.version_id; }},
    {"x-fc-access-key-id",
     [](Invocation& i) -> std::string& { return i.credentials.access_key_id; }},
    {"x-fc-access-key-secret",
     [](Invocation& i) -> std::string& { return i.credentials.access_key_secret; }},
    {"x-fc-security-token",
     [](Invocation& i) -> std::string& { return i.credentials.security_token; }},
    {"x-fc-region", [](Invocation& i) -> std::string& { return i.region; }},
    {"x-fc-account-id", [](Invocation& i) -> std::string& { return i.account_id; }},
    {"x-fc-instance-id", [](Invocation& i) -> std::string& { return i.instance_id; }},
    {"x-fc-client-ip", [](Invocation& i) -> std::string& { return i.client_ip; }},
    {"x-fc-trace-id", [](Invocation& i) -> std::string& { return i.trace_id; }},
    {"x-fc-tracing-opentracing-span-context",
     [](Invocation& i) -> std::string& { return i.tracing.span_context; }},
    {"x-fc-tracing-opentracing-span-baggages",
     [](Invocation& i) -> std::string& { return i.tracing.span_baggages; }},
    {"x-fc-tracing-jaeger-endpoint",
     [](Invocation& i) -> std::string& { return i.tracing.jaeger_endpoint; }},
});

struct NumberField {
  std::string_view name;
  std::int64_t& (*of)(Invocation&);
};

constexpr auto kNumberFields = std::to_array<NumberField>({
    {"x-fc-function-memory", [](Invocation& i) -> std::int64_t& { return i.function.memory_mb; }},
    {"x-fc-function-timeout", [](Invocation& i) -> std::int64_t& { return i.function.timeout_s; }},
    {"x-fc-retry-count", [](Invocation& i) -> std::int64_t& { return i.retry_count; }},
});

InvocationType TypeOf(std::int64_t number) {
  return number >= 1 && number <= 3 ? static_cast<InvocationType>(number) : InvocationType::kInvoke;
}

milliseconds SinceEpoch() {
  return std::chrono::duration_cast<milliseconds>(system_clock::now().time_since_epoch());
}

/// Longer than any invocation; keeps a hostile number from overflowing the clock.
constexpr milliseconds kLongest = std::chrono::hours(24 * 365);

Deadline DeadlineOf(std::int64_t epoch_ms, std::int64_t timeout_s) {
  if (epoch_ms > 0) {
    const milliseconds now = SinceEpoch();
    if (epoch_ms - now.count() > kLongest.count()) return Deadline::Never();
    return Deadline::After(milliseconds(epoch_ms) - now);
  }
  if (timeout_s <= 0 || timeout_s > kLongest / std::chrono::seconds(1)) return Deadline::Never();
  return Deadline::After(std::chrono::seconds(timeout_s));
}

constexpr auto kLambdaFields = std::to_array<StringField>({
    {"lambda-runtime-aws-request-id", [](Invocation& i) -> std::string& { return i.request_id; }},
    {"lambda-runtime-trace-id", [](Invocation& i) -> std::string& { return i.trace_id; }},
    {"lambda-runtime-invoked-function-arn",
     [](Invocation& i) -> std::string& { return i.lambda.invoked_function_arn; }},
    {"lambda-runtime-client-context",
     [](Invocation& i) -> std::string& { return i.lambda.client_context; }},
    {"lambda-runtime-cognito-identity",
     [](Invocation& i) -> std::string& { return i.lambda.cognito_identity; }},
    {"lambda-runtime-aws-tenant-id",
     [](Invocation& i) -> std::string& { return i.lambda.tenant_id; }},
    {"lambda-runtime-invocation-id",
     [](Invocation& i) -> std::string& { return i.lambda.invocation_id; }},
    {"content-type", [](Invocation& i) -> std::string& { return i.lambda.content_type; }},
});

Invocation ReadLambdaInvocation(const HeaderLookup& headers) {
  Invocation invocation;
  for (const StringField& field : kLambdaFields) {
    if (const auto value = headers(field.name)) field.of(invocation) = *value;
  }
  invocation.lambda.deadline_ms = NumberOf(headers("lambda-runtime-deadline-ms"));
  invocation.deadline = DeadlineOf(invocation.lambda.deadline_ms, /*timeout_s=*/0);
  return invocation;
}

}  // namespace

Invocation ReadInvocation(const HeaderLookup& headers, Dialect dialect) {
  if (dialect == Dialect::kAws) return ReadLambdaInvocation(headers);
  Invocation invocation;
  for (const StringField& field : kStringFields) {
    if (const auto value = headers(field.name)) field.of(invocation) = *value;
  }
  for (const NumberField& field : kNumberFields) {
    field.of(invocation) = NumberOf(headers(field.name));
  }
  invocation.type = TypeOf(NumberOf(headers(kTypeHeader)));
  if (const auto params = headers(kHttpParamsHeader)) invocation.http_params = std::string(*params);
  invocation.deadline =
      DeadlineOf(NumberOf(headers(kDeadlineHeader)), invocation.function.timeout_s);
  return invocation;
}

HeaderList WriteInvocation(const Invocation& invocation) {
  HeaderList headers;
  auto& fields = const_cast<Invocation&>(invocation);  // The table's accessors; nothing is written.
  for (const StringField& field : kStringFields) {
    if (!field.of(fields).empty()) headers.emplace_back(field.name, field.of(fields));
  }
  for (const NumberField& field : kNumberFields) {
    headers.emplace_back(field.name, std::to_string(field.of(fields)));
  }
  headers.emplace_back(kTypeHeader, std::to_string(static_cast<int>(invocation.type)));
  if (invocation.http_params) headers.emplace_back(kHttpParamsHeader, *invocation.http_params);
  if (!invocation.deadline.IsNever()) {
    const auto left = std::chrono::ceil<milliseconds>(invocation.deadline.Remaining());
    headers.emplace_back(kDeadlineHeader, std::to_string((SinceEpoch() + left).count()));
  }
  return headers;
}

}  // namespace openfc::wire
