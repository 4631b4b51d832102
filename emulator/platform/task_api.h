#pragma once

#include "emulator/platform/async_invocations.h"
#include "emulator/platform/function_table.h"
#include "runtime/http/request.h"
#include "runtime/http/response.h"

#include <string_view>

namespace openfc::emulator {

/// FC 3's API for asynchronous tasks, on the platform's thread:
///
///   GET /2023-03-30/functions/F/async-tasks          status, prefix, limit, nextToken,
///                                                    sortOrderByTime, startedTimeBegin and End,
///                                                    includePayload
///   GET /2023-03-30/functions/F/async-tasks/ID
///   PUT /2023-03-30/functions/F/async-tasks/ID/stop
///
/// The same below /_openfc/functions/ is for those who have the control API's token.
class TaskApi {
 public:
  /// Both outlive it.
  TaskApi(const FunctionTable& functions, AsyncInvocations& async)
      : functions_(functions), async_(async) {}

  /// Whether the path is one of these.
  static bool Serves(std::string_view path);

  http::Response Serve(const http::Request& request) const;

 private:
  http::Response List(FunctionPool& pool, const http::Request& request) const;
  http::Response Show(FunctionPool& pool, const std::string& task_id) const;
  http::Response Stop(FunctionPool& pool, const std::string& task_id) const;

  const FunctionTable& functions_;
  AsyncInvocations& async_;
};

}  // namespace openfc::emulator
