// The figures of an instance (OPENFC_METRICS_PORT), which outlive its processes.

#include "tests/integration/http_mode/http_mode_test.h"

namespace openfc::testing {
namespace {

using ::testing::HasSubstr;

constexpr const char* kSuccesses = "openfc_invocations_total{type=\"invoke\",outcome=\"success\"}";
constexpr const char* kFailures = "openfc_invocations_total{type=\"invoke\",outcome=\"failure\"}";

std::string Errors(const std::string& type) {
  return "openfc_errors_total{error_type=\"" + type + "\"}";
}

class HttpMetricsTest : public HttpModeTest {
 protected:
  void SetUp() override { instance_.Start({{"OPENFC_METRICS_PORT", "0"}}); }
};

TEST_F(HttpMetricsTest, CountInvocationsAndErrorsByType) {
  (void)instance_.Invoke("echo");
  (void)instance_.Invoke("raises");
  (void)instance_.Invoke("raises");

  auto figures = instance_.Metrics();
  EXPECT_EQ(figures[kSuccesses], 1);
  EXPECT_EQ(figures[kFailures], 2);
  EXPECT_EQ(figures[Errors("ValueError")], 2);
  EXPECT_EQ(figures["openfc_invocation_duration_seconds_count"], 3);
  EXPECT_EQ(figures["openfc_cold_starts_total"], 1);
  EXPECT_EQ(figures["openfc_restarts_total"], 0);
  EXPECT_GT(figures["openfc_memory_bytes"], 1 << 20);
}

TEST_F(HttpMetricsTest, ShowWhatIsInFlightAndWhatWaits) {
  http::RawClient first = Send("waits");
  ASSERT_TRUE(AwaitText("waits\n"));
  http::RawClient second = Send("echo");
  while (instance_.Metrics()["openfc_queue"] < 1) {
  }

  EXPECT_EQ(instance_.Metrics()["openfc_in_flight"], 1);
  OpenGate();
  (void)ReadReply(first);
  (void)ReadReply(second);
}

TEST_F(HttpMetricsTest, OutliveTheRuntime) {
  (void)instance_.Invoke("echo");
  (void)instance_.Invoke("exits");
  (void)instance_.Invoke("echo");

  auto figures = instance_.Metrics();
  EXPECT_EQ(figures[kSuccesses], 2);
  EXPECT_EQ(figures[Errors("ProcessExited")], 1);
  EXPECT_EQ(figures["openfc_in_flight"], 0);
  EXPECT_EQ(figures["openfc_cold_starts_total"], 2);
  EXPECT_EQ(figures["openfc_restarts_total"], 1);
}

TEST_F(HttpMetricsTest, CountADeadlineOnce) {
  (void)instance_.Invoke("sleeps", {{"x-fc-function-timeout", "1"}});
  (void)instance_.Invoke("echo");

  auto figures = instance_.Metrics();
  EXPECT_EQ(figures[Errors("FunctionTimeout")], 1);
  EXPECT_EQ(figures[kFailures], 1);
}

TEST_F(HttpMetricsTest, AreAllThereIsOnTheirPort) {
  http::RawClient client(instance_.metrics_port());

  client.Send(BytesOf({.body = "echo"}));

  EXPECT_EQ(ReadReply(client).status, 404);
}

TEST_F(HttpMetricsTest, AreInPrometheussFormat) {
  http::RawClient client(instance_.metrics_port());

  client.Send(BytesOf({.method = "GET", .target = "/metrics"}));
  const HttpReply reply = ReadReply(client);

  EXPECT_EQ(reply.Header("Content-Type"), "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_THAT(reply.body, HasSubstr("# TYPE openfc_invocation_duration_seconds histogram\n"));
}

}  // namespace
}  // namespace openfc::testing
