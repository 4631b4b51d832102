#pragma once

#include "emulator/instance_environment.h"
#include "emulator/platform/call.h"
#include "emulator/tasks/task.h"
#include "emulator/tasks/task_queue.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace openfc::emulator {

/// The name of a function as the platform has it: `acs:fc:REGION:ACCOUNT:functions/NAME`, and
/// `...:services/S/functions/NAME` for one of FC 2.
std::string ArnOf(const FunctionDefinition& function, const Identity& identity);

/// What an asynchronous invocation's destination is told of it (help page "Result callback"):
/// timestamp, requestContext, requestPayload, responseContext, responsePayload. `error_type` is
/// empty when it succeeded; `status` is that of the last attempt's answer.
struct CallbackFacts {
  std::string function_arn = {};
  std::string error_type = {};
  int status = 200;
};
std::string CallbackDocument(const Task& task, const CallbackFacts& facts);

/// A task as FC 3's API has it (AsyncTask of its SDKs), with what is known of it.
std::string TaskDocument(const Task& task, const std::string& function_arn,
                         const std::vector<TaskEvent>& events);

/// A list of tasks as FC 3's API has it.
std::string TasksDocument(const TaskPage& page, const std::string& function_arn);

}  // namespace openfc::emulator
