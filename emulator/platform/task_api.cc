#include "emulator/platform/task_api.h"

#include "emulator/platform/query_value.h"
#include "emulator/platform/task_documents.h"
#include "emulator/request_id.h"
#include "runtime/wire/encoding.h"

#include <charconv>
#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace openfc::emulator {
namespace {

using std::chrono::system_clock;

/// What a path asks for.
struct Target {
  std::string function;
  std::string task_id = {};  // Empty: all of them.
  bool is_stop = false;
};

std::optional<Target> ReadTarget(std::string_view path) {
  for (const std::string_view root : {"/2023-03-30/functions/", "/_openfc/functions/"}) {
    if (!path.starts_with(root)) continue;
    path.remove_prefix(root.size());
    constexpr std::string_view kTasks = "/async-tasks";
    const auto tasks = path.find(kTasks);
    if (tasks == std::string_view::npos || tasks == 0) return std::nullopt;
    Target target{.function = wire::DecodePercent(path.substr(0, tasks))};
    path.remove_prefix(tasks + kTasks.size());
    if (path.empty()) return target;
    constexpr std::string_view kStop = "/stop";
    target.is_stop = path.ends_with(kStop);
    if (target.is_stop) path.remove_suffix(kStop.size());
    if (!path.starts_with('/') || path.size() < 2 || path.find('/', 1) != std::string_view::npos) {
      return std::nullopt;
    }
    target.task_id = wire::DecodePercent(path.substr(1));
    return target;
  }
  return std::nullopt;
}

http::Response Json(std::string document) {
  return {.headers = {{"Content-Type", "application/json"}, {"X-Fc-Request-Id", MakeRequestId()}},
          .body = std::move(document)};
}

http::Response Refusal(int status, std::string code, std::string message) {
  return PlatformErrorAnswer(
      {.status = status, .code = std::move(code), .message = std::move(message)}, MakeRequestId(),
      /*is_fc3=*/true);
}

http::Response NoTask(const std::string& task_id) {
  return Refusal(404, "AsyncTaskNotFound", "there is no task '" + task_id + "'");
}

http::Response Refusal(const Error& error) {
  return error.code == ErrorCode::kInvalidArgument
             ? Refusal(400, "InvalidArgument", error.message)
             : Refusal(500, "InternalServerError", error.message);
}

/// The whole number of a query, when there is one; an error for other text.
Expected<std::optional<std::int64_t>> NumberIn(const http::Request& request, const char* key) {
  using Number = std::optional<std::int64_t>;
  const std::string text = QueryValue(request.target(), key);
  if (text.empty()) return Number();
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc() && end == text.data() + text.size()) return Number(number);
  return Error{ErrorCode::kInvalidArgument, std::string(key) + " must be a whole number"};
}

Status ReadTime(const http::Request& request, const char* key,
                std::optional<system_clock::time_point>& time) {
  const auto millis = NumberIn(request, key);
  if (!millis) return millis.error();
  if (*millis) time = system_clock::time_point(std::chrono::milliseconds(**millis));
  return Ok();
}

Status ReadLimit(const http::Request& request, int& limit) {
  constexpr std::int64_t kMost = 100;
  const auto number = NumberIn(request, "limit");
  if (!number) return number.error();
  if (!*number) return Ok();
  if (**number < 1 || **number > kMost) {
    return Error{ErrorCode::kInvalidArgument, "limit must be from 1 to 100"};
  }
  limit = static_cast<int>(**number);
  return Ok();
}

Expected<TaskQuery> ReadQuery(const http::Request& request, std::string function) {
  TaskQuery query{.function = std::move(function),
                  .prefix = QueryValue(request.target(), "prefix"),
                  .is_newest_first = QueryValue(request.target(), "sortOrderByTime") != "asc",
                  .token = QueryValue(request.target(), "nextToken"),
                  .wants_payload = http::EqualsIgnoringCase(
                      QueryValue(request.target(), "includePayload"), "true")};
  if (const std::string state = QueryValue(request.target(), "status"); !state.empty()) {
    query.state = TaskStateOf(state);
    if (!query.state) {
      return Error{ErrorCode::kInvalidArgument, "'" + state + "' is no status of a task"};
    }
  }
  Status read = ReadLimit(request, query.limit);
  if (read) read = ReadTime(request, "startedTimeBegin", query.enqueued_from);
  if (read) read = ReadTime(request, "startedTimeEnd", query.enqueued_to);
  if (!read) return read.error();
  return query;
}

std::string ArnOf(const FunctionPool& pool) {
  return ArnOf(pool.function(), pool.model().identity);
}

}  // namespace

bool TaskApi::Serves(std::string_view path) { return ReadTarget(path).has_value(); }

http::Response TaskApi::Serve(const http::Request& request) const {
  const auto target = ReadTarget(request.path());
  const auto found = functions_.Find(target->function);
  if (const auto* const error = std::get_if<PlatformError>(&found)) {
    return PlatformErrorAnswer(*error, MakeRequestId(), /*is_fc3=*/true);
  }
  FunctionPool& pool = *std::get<FunctionPool*>(found);
  if (request.method() != (target->is_stop ? "PUT" : "GET")) {
    return Refusal(405, "MethodNotAllowed", "tasks are read with GET, and stopped with PUT");
  }
  if (target->task_id.empty()) return List(pool, request);
  return target->is_stop ? Stop(pool, target->task_id) : Show(pool, target->task_id);
}

http::Response TaskApi::List(FunctionPool& pool, const http::Request& request) const {
  const auto query = ReadQuery(request, FullNameOf(pool.function()));
  if (!query) return Refusal(query.error());
  const auto queue = async_.Queue();
  if (!queue) return Refusal(queue.error());
  const auto page = (*queue)->List(*query);
  return page ? Json(TasksDocument(*page, ArnOf(pool))) : Refusal(page.error());
}

http::Response TaskApi::Show(FunctionPool& pool, const std::string& task_id) const {
  const auto queue = async_.Queue();
  if (!queue) return Refusal(queue.error());
  const auto task = (*queue)->Find(FullNameOf(pool.function()), task_id);
  if (!task) return Refusal(task.error());
  if (!*task) return NoTask(task_id);
  const auto events = (*queue)->EventsOf((*task)->key);
  return events ? Json(TaskDocument(**task, ArnOf(pool), *events)) : Refusal(events.error());
}

http::Response TaskApi::Stop(FunctionPool& pool, const std::string& task_id) const {
  const auto queue = async_.Queue();
  if (!queue) return Refusal(queue.error());
  const auto task = (*queue)->Find(FullNameOf(pool.function()), task_id);
  if (!task) return Refusal(task.error());
  if (!*task) return NoTask(task_id);
  const Status stopped = async_.StopTask(pool, task_id);
  return stopped ? Json({}) : Refusal(stopped.error());
}

}  // namespace openfc::emulator
