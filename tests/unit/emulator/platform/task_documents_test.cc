#include "emulator/platform/task_documents.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace openfc::emulator {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::system_clock;

Task AnyTask() {
  return {.key = 7,
          .function = "f",
          .request_id = "1-2-3",
          .task_id = "mine",
          .state = TaskState::kFailed,
          .payload = "event",
          .result = "result",
          .detail = "ValueError",
          .enqueued = system_clock::time_point(milliseconds(1000)),
          .started = system_clock::time_point(milliseconds(2000)),
          .ended = system_clock::time_point(milliseconds(2500)),
          .attempts = 4};
}

TEST(TaskDocumentsTest, NameAFunctionAsThePlatformDoes) {
  EXPECT_EQ(ArnOf({.name = "f", .region = "r"}, {.account_id = "a"}), "acs:fc:r:a:functions/f");
  EXPECT_EQ(ArnOf({.name = "f", .region = "r", .service_name = "s"}, {.account_id = "a"}),
            "acs:fc:r:a:services/s/functions/f");
}

TEST(TaskDocumentsTest, TellADestinationAll) {
  const json told = json::parse(CallbackDocument(
      AnyTask(), {.function_arn = "arn", .error_type = "UnhandledInvocationError", .status = 200}));

  EXPECT_EQ(told, json::parse(R"({"timestamp": 2500,
    "requestContext": {"requestId": "1-2-3", "functionArn": "arn",
                       "condition": "UnhandledInvocationError", "approximateInvokeCount": 4},
    "requestPayload": "event",
    "responseContext": {"statusCode": 200, "functionError": "UnhandledInvocationError"},
    "responsePayload": "result"})"));
}

TEST(TaskDocumentsTest, TellATaskAsTheSdksReadIt) {
  const json task = json::parse(
      TaskDocument(AnyTask(), "arn",
                   {{.number = 1, .state = TaskState::kEnqueued},
                    {.number = 2, .state = TaskState::kFailed, .detail = "ValueError"}}));

  EXPECT_EQ(task["taskId"], "mine");
  EXPECT_EQ(task["status"], "Failed");
  EXPECT_EQ(task["alreadyRetriedTimes"], 3);
  EXPECT_EQ(task["startedTime"], 2000);
  EXPECT_EQ(task["endTime"], 2500);
  EXPECT_EQ(task["durationMs"], 500);
  EXPECT_EQ(task["taskPayload"], "event");
  EXPECT_EQ(task["returnPayload"], "result");
  EXPECT_EQ(task["taskErrorMessage"], "ValueError");
  EXPECT_EQ(task["events"][1]["status"], "Failed");
  EXPECT_EQ(task["events"][1]["eventDetail"], "ValueError");
}

TEST(TaskDocumentsTest, LeaveOutWhatIsNotThere) {
  Task task = AnyTask();
  task.state = TaskState::kEnqueued;
  task.payload = task.result = task.detail = "";
  task.started = task.ended = std::nullopt;
  task.attempts = 0;

  const json told = json::parse(TasksDocument({.tasks = {task}}, "arn"));

  EXPECT_FALSE(told.contains("nextToken"));
  EXPECT_EQ(told["tasks"][0]["alreadyRetriedTimes"], 0);
  EXPECT_EQ(told["tasks"][0]["startedTime"], 1000);
  for (const char* const key : {"endTime", "durationMs", "taskPayload", "returnPayload"}) {
    EXPECT_FALSE(told["tasks"][0].contains(key)) << key;
  }
  EXPECT_EQ(json::parse(TasksDocument({.tasks = {}, .next_token = "t"}, "arn"))["nextToken"], "t");
}

TEST(TaskDocumentsTest, AreJsonWhateverTheBytesAre) {
  Task task = AnyTask();
  task.payload = "\xff\xfe";
  EXPECT_TRUE(json::accept(CallbackDocument(task, {})));
}

}  // namespace
}  // namespace openfc::emulator
