#include "emulator/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <signal.h>

namespace openfc::emulator {
namespace {

using nlohmann::json;
using std::chrono::microseconds;

RunReport Success(std::string body) {
  return RunReport{.ending = Ending::kResult,
                   .request_id = "1-2-3",
                   .body = std::move(body),
                   .error_type = "",
                   .reason = "",
                   .duration = microseconds(12345),
                   .memory_mb = 256,
                   .peak_memory_bytes = 13'000'000,
                   .log = "hello\n"};
}

RunReport Failing(Ending ending) {
  RunReport report = Success(R"({"errorMessage": "boom", "errorType": "ValueError"})");
  report.ending = ending;
  report.error_type = "ValueError";
  report.fc_error_type = "InitializationError";
  return report;
}

TEST(ReportTest, BillsEachBegunMillisecond) {
  EXPECT_EQ(FiguresLine(Success("x")),
            "RequestId: 1-2-3, Duration: 12.35 ms, Billed Duration: 13 ms, Memory Size: 256 MB, "
            "Max Memory Used: 12.40 MB");
}

TEST(ReportTest, HoldsTheResultAsText) {
  const json document = json::parse(JsonReport(Success("{\"a\": \"\xc3\xa4\"}")));

  EXPECT_EQ(document["requestId"], "1-2-3");
  EXPECT_EQ(document["ok"], true);
  EXPECT_EQ(document["result"], "{\"a\": \"\xc3\xa4\"}");
  EXPECT_EQ(document["resultEncoding"], "utf-8");
  EXPECT_TRUE(document["errorType"].is_null());
  EXPECT_TRUE(document["errorMessage"].is_null());
  EXPECT_EQ(document["log"], "hello\n");
  EXPECT_EQ(document["logTruncated"], false);
  EXPECT_EQ(document["durationMs"], 12.35);
  EXPECT_EQ(document["billedDurationMs"], 13);
  EXPECT_EQ(document["memorySizeMb"], 256);
  EXPECT_EQ(document["maxMemoryUsedMb"], 12.4);
}

TEST(ReportTest, HasTheStatusOfARequestsAnswer) {
  RunReport report = Success("not here");
  report.http_status = 404;

  EXPECT_THAT(FiguresLine(report), ::testing::StartsWith("RequestId: 1-2-3, HTTP Status: 404, "));
  EXPECT_EQ(json::parse(JsonReport(report))["httpStatus"], 404);
  EXPECT_EQ(json::parse(JsonReport(report))["ok"], true);
  EXPECT_EQ(ExitCodeOf(report), 0);
  EXPECT_FALSE(json::parse(JsonReport(Success("x"))).contains("httpStatus"));
}

TEST(ReportTest, CountsAServersErrorAsAFailure) {
  RunReport report = Success("sorry");
  report.http_status = 500;

  const json document = json::parse(JsonReport(report));
  EXPECT_EQ(document["ok"], false);
  EXPECT_EQ(document["result"], "sorry");
  EXPECT_EQ(document["errorType"], "HttpStatus");
  EXPECT_EQ(document["errorMessage"], "the answer has the status 500");
  EXPECT_EQ(ExitCodeOf(report), 1);
}

TEST(ReportTest, NamesAFailureAsThePlatformDoes) {
  EXPECT_EQ(json::parse(JsonReport(Failing(Ending::kFunctionFailed)))["fcErrorType"],
            "InitializationError");
  EXPECT_TRUE(json::parse(JsonReport(Success("x")))["fcErrorType"].is_null());
  EXPECT_TRUE(json::parse(JsonReport(Failing(Ending::kNotStarted)))["fcErrorType"].is_null());
}

TEST(ReportTest, HoldsOtherBytesAsBase64) {
  const json document = json::parse(JsonReport(Success("\xff\xfe")));

  EXPECT_EQ(document["result"], "//4=");
  EXPECT_EQ(document["resultEncoding"], "base64");
}

TEST(ReportTest, IsOneLineWhateverTheLogHolds) {
  RunReport report = Success("x");
  report.log = "a\n\xff\x00\n";

  const std::string text = JsonReport(report);

  EXPECT_EQ(text.find('\n'), text.size() - 1);
  EXPECT_TRUE(json::accept(text));
}

TEST(ReportTest, TellsWhyAFunctionFailed) {
  const json document = json::parse(JsonReport(Failing(Ending::kFunctionFailed)));

  EXPECT_EQ(document["ok"], false);
  EXPECT_EQ(document["errorType"], "ValueError");
  EXPECT_EQ(document["errorMessage"], "boom");
  EXPECT_EQ(json::parse(document["result"].get<std::string>())["errorMessage"], "boom");
}

TEST(ReportTest, TellsWhyAnInstanceDidNotStart) {
  RunReport report;
  report.reason = "no libpython";

  const json document = json::parse(JsonReport(report));

  EXPECT_EQ(document["ok"], false);
  EXPECT_TRUE(document["result"].is_null());
  EXPECT_EQ(document["errorType"], "InstanceStartFailed");
  EXPECT_EQ(document["errorMessage"], "no libpython");
}

TEST(ReportTest, HasAnExitCodeForEachEnding) {
  EXPECT_EQ(ExitCodeOf(Success("")), 0);
  EXPECT_EQ(ExitCodeOf(Failing(Ending::kFunctionFailed)), 1);
  EXPECT_EQ(ExitCodeOf(Failing(Ending::kTimedOut)), 4);
  EXPECT_EQ(ExitCodeOf(Failing(Ending::kNotStarted)), 3);
  RunReport interrupted = Failing(Ending::kInterrupted);
  interrupted.signal = SIGINT;
  EXPECT_EQ(ExitCodeOf(interrupted), 130);
}

TEST(ReportTest, EncodesBase64) {
  EXPECT_EQ(EncodeBase64(""), "");
  EXPECT_EQ(EncodeBase64("f"), "Zg==");
  EXPECT_EQ(EncodeBase64("fo"), "Zm8=");
  EXPECT_EQ(EncodeBase64("foo"), "Zm9v");
  EXPECT_EQ(EncodeBase64("foobar"), "Zm9vYmFy");
}

}  // namespace
}  // namespace openfc::emulator
