#include "emulator/platform/async_door.h"

#include "emulator/platform/invoke_api.h"

#include <cstddef>
#include <memory>
#include <utility>

namespace openfc::emulator {
namespace {

constexpr std::size_t kMostAsyncBytes = 128UL * 1024;

}  // namespace

void AsyncDoor::Serve(FunctionPool& pool, Call call, const http::Request& request,
                      http::Responder responder, bool is_fc3) const {
  std::string task_id(
      request.Header("x-fc-async-task-id")
          .value_or(request.Header("x-fc-stateful-async-invocation-id").value_or("")));
  const auto held = std::make_shared<http::Responder>(std::move(responder));
  const AsyncSink::Told told = [held, is_fc3, id = call.request_id,
                                task = task_id.empty() ? call.request_id : task_id](
                                   const std::optional<PlatformError>& error) {
    if (error) {
      std::move(*held).Send(PlatformErrorAnswer(*error, id, is_fc3));
    } else {
      std::move(*held).Send(
          {.status = 202, .headers = {{"X-Fc-Request-Id", id}, {"X-Fc-Async-Task-Id", task}}});
    }
  };
  if (limits_ == PlatformLimits::kEnforced && call.body.size() > kMostAsyncBytes) {
    told(PlatformError{.status = 400,
                       .code = "EntityTooLarge",
                       .message = "the event of an asynchronous invocation takes " +
                                  std::to_string(call.body.size()) +
                                  " bytes, but the platform takes 131072 at most"});
  } else if (sink_ == nullptr) {
    told(PlatformError{.status = 400,
                       .code = "InvalidArgument",
                       .message = "asynchronous calls are not served here"});
  } else {
    sink_->Take(pool, std::move(call), std::move(task_id), told);
  }
}

}  // namespace openfc::emulator
