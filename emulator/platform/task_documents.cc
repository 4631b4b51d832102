#include "emulator/platform/task_documents.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace openfc::emulator {
namespace {

using nlohmann::ordered_json;
using std::chrono::system_clock;

std::string Dump(const ordered_json& document) {
  return document.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

std::int64_t Millis(system_clock::time_point time) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

ordered_json DocumentOf(const Task& task, const std::string& function_arn) {
  ordered_json document = {{"taskId", task.task_id},
                           {"requestId", task.request_id},
                           {"functionArn", function_arn},
                           {"qualifier", "LATEST"},
                           {"status", NameOf(task.state)},
                           {"alreadyRetriedTimes", std::max(task.attempts - 1, 0)},
                           {"startedTime", Millis(task.started.value_or(task.enqueued))}};
  if (task.ended) {
    document["endTime"] = Millis(*task.ended);
    document["durationMs"] =
        std::max<std::int64_t>(Millis(*task.ended) - Millis(task.started.value_or(*task.ended)), 0);
  }
  if (!task.detail.empty()) document["taskErrorMessage"] = task.detail;
  if (!task.payload.empty()) document["taskPayload"] = task.payload;
  if (!task.result.empty()) document["returnPayload"] = task.result;
  return document;
}

ordered_json EventsOf(const std::vector<TaskEvent>& events) {
  ordered_json list = ordered_json::array();
  for (const TaskEvent& event : events) {
    list.push_back({{"eventId", event.number},
                    {"status", NameOf(event.state)},
                    {"timestamp", Millis(event.when)},
                    {"eventDetail", event.detail}});
  }
  return list;
}

}  // namespace

std::string ArnOf(const FunctionDefinition& function, const Identity& identity) {
  std::string arn = "acs:fc:" + function.region + ":" + identity.account_id + ":";
  if (!function.service_name.empty()) arn.append("services/").append(function.service_name + "/");
  return arn.append("functions/").append(function.name);
}

std::string CallbackDocument(const Task& task, const CallbackFacts& facts) {
  return Dump(
      {{"timestamp", Millis(task.ended.value_or(system_clock::now()))},
       {"requestContext",
        {{"requestId", task.request_id},
         {"functionArn", facts.function_arn},
         {"condition", facts.error_type},
         {"approximateInvokeCount", task.attempts}}},
       {"requestPayload", task.payload},
       {"responseContext", {{"statusCode", facts.status}, {"functionError", facts.error_type}}},
       {"responsePayload", task.result}});
}

std::string TaskDocument(const Task& task, const std::string& function_arn,
                         const std::vector<TaskEvent>& events) {
  ordered_json document = DocumentOf(task, function_arn);
  document["events"] = EventsOf(events);
  return Dump(document);
}

std::string TasksDocument(const TaskPage& page, const std::string& function_arn) {
  ordered_json list = ordered_json::array();
  for (const Task& task : page.tasks) list.push_back(DocumentOf(task, function_arn));
  ordered_json document = {{"tasks", std::move(list)}};
  if (!page.next_token.empty()) document["nextToken"] = page.next_token;
  return Dump(document);
}

}  // namespace openfc::emulator
