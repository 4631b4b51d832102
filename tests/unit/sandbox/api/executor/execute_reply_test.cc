#include "sandbox/api/executor/execute_reply.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <string>

namespace openfc::sandbox {
namespace {

using nlohmann::json;

constexpr const char* kSuccess = "{\"variables\": {}}\n{\"ended\": null}\n";

json Reply(const RunOutcome& outcome) {
  const auto reply = ExecuteReply({.code = {}, .timeout = std::chrono::seconds(2)}, outcome);
  return reply ? json::parse(*reply) : json("none");
}

TEST(ExecuteReplyTest, HasTheShapeOfVersion1) {
  const auto reply = ExecuteReply({}, {.end = RunEnd::kExited,
                                       .output = "Hello\n",
                                       .result = kSuccess,
                                       .wall = std::chrono::microseconds(12'900)});

  EXPECT_EQ(
      *reply,
      R"({"status":"success","execution_time":12,"output":{"stdout":"Hello\n","stderr":"","charts":[],"dataframes":[],"variables":{}},"error":null})");
}

TEST(ExecuteReplyTest, PutsATracebackBehindWhatWasSaidAsAnError) {
  const json reply =
      Reply({.end = RunEnd::kExited,
             .output = "so far",
             .errors = "warned",
             .result = R"({"ended": {"message": "division by zero", "traceback": "Traceback ..."}})"
                       "\n"});

  EXPECT_EQ(reply["status"], "error");
  EXPECT_EQ(reply["error"], "division by zero");
  EXPECT_EQ(reply["output"]["stdout"], "so far");
  EXPECT_EQ(reply["output"]["stderr"], "warned\nTraceback ...");
}

TEST(ExecuteReplyTest, KeepsWhatWasSaidBeforeATimeout) {
  const json reply = Reply({.end = RunEnd::kTimedOut, .output = "so far"});

  EXPECT_EQ(reply["status"], "timeout");
  EXPECT_EQ(reply["error"], "执行超时（限制 2 秒）");
  EXPECT_EQ(reply["output"]["stdout"], "so far");
  EXPECT_EQ(Reply({.end = RunEnd::kCpuTimedOut})["status"], "timeout");
}

TEST(ExecuteReplyTest, SaysWhatEndedAProgramBeforeItsEnd) {
  EXPECT_EQ(Reply({.end = RunEnd::kOutOfMemory})["error"], "内存超出限制");
  EXPECT_EQ(Reply({.end = RunEnd::kSignalled, .signal = 11})["error"], "进程被信号终止: 11");
  EXPECT_EQ(Reply({.end = RunEnd::kExited, .exit_code = 3})["error"], "进程提前退出，退出码: 3");
  EXPECT_EQ(Reply({.end = RunEnd::kOutOfMemory, .output = "so far"})["output"]["stdout"], "so far");
  EXPECT_EQ(Reply({.end = RunEnd::kSignalled, .signal = 9, .result = kSuccess})["status"], "error");
}

TEST(ExecuteReplyTest, TellsNothingOfAFailureOfOurs) {
  const RunOutcome failed{.end = RunEnd::kFailed, .failure = "cannot open /etc/secret"};

  EXPECT_EQ(ExecuteReply({}, failed), std::nullopt);
  EXPECT_EQ(ValidateReply(failed), std::nullopt);
}

TEST(ExecuteReplyTest, RefusesCodeInTheShapeOfVersion1AndLocatesIt) {
  const std::string checked =
      R"({"checked": {"first": "禁止导入模块: os", "violations": [{"message": "禁止导入模块: os", "line": 1, "column": 1}]}})"
      "\n";

  EXPECT_EQ(Reply({.end = RunEnd::kExited, .result = checked}), json::parse(R"({
    "status": "error", "execution_time": 0, "output": null,
    "error": "代码验证失败: 禁止导入模块: os",
    "violations": [{"message": "禁止导入模块: os", "line": 1, "column": 1}]})"));
  EXPECT_EQ(json::parse(*ValidateReply({.end = RunEnd::kExited, .result = checked})),
            json::parse(R"({"valid": false, "error": "禁止导入模块: os",
              "violations": [{"message": "禁止导入模块: os", "line": 1, "column": 1}]})"));
  EXPECT_EQ(*ValidateReply({.end = RunEnd::kExited, .result = "{\"checked\": null}\n"}),
            R"({"valid":true,"error":null})");
  EXPECT_EQ(RefusedExecuteReply("太长"),
            R"({"status":"error","execution_time":0,"output":null,"error":"代码验证失败: 太长"})");
  EXPECT_EQ(RefusedValidateReply("太长"), R"({"valid":false,"error":"太长"})");
}

TEST(ExecuteReplyTest, RendersArtifactsAsChartsAndTables) {
  const json reply = Reply(
      {.end = RunEnd::kExited,
       .result =
           R"({"artifact": {"mime": "image/png", "name": "figure 1", "data": "iVBO", "encoding": "base64", "metadata": {"source": "matplotlib", "width": 1000, "height": 600, "charts": []}}})"
           "\n"
           R"({"artifact": {"mime": "application/vnd.plotly.v1+json", "name": "fig", "data": "{}", "encoding": "utf-8", "metadata": {"source": "plotly", "width": 700, "height": 450}}})"
           "\n"
           R"({"artifact": {"mime": "text/html", "name": "df", "data": "<table>", "encoding": "utf-8", "metadata": {"source": "pandas", "shape": [2, 1], "columns": ["a"]}}})"
           "\n" +
           std::string(kSuccess)});

  EXPECT_EQ(reply["output"]["charts"], json::parse(R"([
    {"type": "matplotlib", "format": "png", "data": "iVBO", "width": 1000, "height": 600, "charts": []},
    {"type": "plotly", "format": "json", "data": "{}", "width": 700, "height": 450}])"));
  EXPECT_EQ(reply["output"]["dataframes"], json::parse(R"([
    {"name": "df", "html": "<table>", "shape": [2, 1], "columns": ["a"], "rows": 2}])"));
}

TEST(ExecuteReplyTest, BearsWithAnyReportAndAnyBytes) {
  for (const char* result :
       {"{\"ended\": 1}\n", "{\"ended\": []}\n", "{\"checked\": 1}\n{\"ended\": null}\n",
        "{\"checked\": {\"first\": 1}}\n", "{\"artifact\": {\"metadata\": {\"source\": []}}}\n",
        "{\"artifact\": {\"metadata\": {\"source\": \"pandas\", \"shape\": 1}}}\n"}) {
    EXPECT_TRUE(Reply({.end = RunEnd::kExited, .result = result}).is_object()) << result;
  }
  EXPECT_EQ(
      Reply({.end = RunEnd::kExited, .output = "\xFFx", .result = kSuccess})["output"]["stdout"],
      "\uFFFDx");
  EXPECT_EQ(Reply({.end = RunEnd::kExited,
                   .result = kSuccess,
                   .is_output_truncated = true})["output"]["truncated"],
            true);
}

}  // namespace
}  // namespace openfc::sandbox
