#include "emulator/platform/async_invocations.h"

#include "emulator/platform/history.h"
#include "emulator/request_id.h"
#include "runtime/base/deadline.h"
#include "runtime/base/log.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <filesystem>
#include <system_error>
#include <variant>

namespace openfc::emulator {
namespace {

using std::chrono::system_clock;

constexpr std::chrono::hours kKeepEnded{24 * 7};
constexpr std::int64_t kMostEnded = 100'000;
constexpr std::chrono::seconds kLookAgain{1};
constexpr std::size_t kMostStartsAtOnce = 64;  // Then others have their turn.
constexpr int kTooManyRequests = 429;
constexpr int kFirstServerError = 500;

PlatformError QueueError(const Error& error) {
  const bool is_callers = error.code == ErrorCode::kInvalidArgument;
  return {.status = is_callers ? 400 : 500,
          .code = is_callers ? "InvalidArgument" : "InternalServerError",
          .message = error.message};
}

CallKind KindOf(const Task& task) {
  return task.trigger == NameOf(CallKind::kTimer) ? CallKind::kTimer : CallKind::kAsync;
}

AttemptEnd EndOf(CallResult& result) {
  if (auto* const response = std::get_if<Response>(&result.outcome)) {
    return {.answer = std::move(response->body)};
  }
  if (auto* const error = std::get_if<FunctionError>(&result.outcome)) {
    return {.result = AttemptResult::kFunctionError,
            .detail = result.ErrorText(),
            .answer = std::move(error->failure.document)};
  }
  const auto& error = std::get<PlatformError>(result.outcome);
  const bool is_passing = error.status == kTooManyRequests || error.status >= kFirstServerError;
  return {.result = is_passing ? AttemptResult::kRefused : AttemptResult::kFunctionError,
          .detail = result.ErrorText()};
}

CallbackFacts FactsOf(const FunctionPool& pool, const CallResult& result) {
  CallbackFacts facts{.function_arn = ArnOf(pool.function(), pool.model().identity)};
  if (const auto* const error = std::get_if<FunctionError>(&result.outcome)) {
    facts.error_type = error->fc_type;
  } else if (const auto* const refusal = std::get_if<PlatformError>(&result.outcome)) {
    facts.error_type = refusal->code;
    facts.status = refusal->status;
  }
  return facts;
}

Status AppendLine(const std::string& path, const std::string& line) {
  const UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
  if (!fd.is_open()) return SystemError("cannot open " + path, errno);
  const std::string text = line + "\n";
  const ssize_t written = ::write(fd.get(), text.data(), text.size());
  if (written == static_cast<ssize_t>(text.size())) return Ok();
  return SystemError("cannot write " + path, written < 0 ? errno : ENOSPC);
}

}  // namespace

AsyncInvocations::AsyncInvocations(const FunctionTable& functions, PlatformLoop& loop,
                                   std::string folder, std::string base_folder)
    : functions_(functions),
      loop_(loop),
      folder_(std::move(folder)),
      base_folder_(std::move(base_folder)),
      alarm_(loop, [this] { Pump(); }) {}

void AsyncInvocations::Begin() {
  std::error_code ignored;
  if (!std::filesystem::exists(folder_ + "/tasks.db", ignored)) return;
  const auto queue = Queue();
  if (!queue) {
    LogError("async_queue_not_opened reason=\"{}\"", queue.error().message);
    return;
  }
  const auto trimmed = (*queue)->Trim(system_clock::now() - kKeepEnded, kMostEnded);
  if (!trimmed) LogWarn("async_queue_not_trimmed reason=\"{}\"", trimmed.error().message);
  PostPump();
}

Expected<TaskQueue*> AsyncInvocations::Queue() {
  if (queue_ == nullptr) {
    auto opened = TaskQueue::Open(folder_, system_clock::now());
    if (!opened) return opened.error();
    queue_ = *std::move(opened);
  }
  return queue_.get();
}

// In ---------------------------------------------------------------------------------------------

void AsyncInvocations::Take(FunctionPool& pool, Call call, std::string task_id, Told told) {
  const AsyncConfig& config = pool.function().async;
  newcomers_.push_back({.task = {.function = FullNameOf(pool.function()),
                                 .request_id = std::move(call.request_id),
                                 .task_id = std::move(task_id),
                                 .payload = std::move(call.body),
                                 .trigger = NameOf(call.kind),
                                 .headers = std::move(call.qualifier),
                                 .max_age = config.max_age,
                                 .max_retries = config.max_retries},
                        .told = std::move(told)});
  PostPump();
}

/// With one flush of the disk for all that have come since the last turn.
void AsyncInvocations::TakeIn() {
  if (newcomers_.empty()) return;
  const auto newcomers = std::exchange(newcomers_, {});
  std::vector<NewTask> tasks;
  tasks.reserve(newcomers.size());
  for (const Newcomer& newcomer : newcomers) tasks.push_back(newcomer.task);
  const auto queue = Queue();
  const auto answers = queue ? (*queue)->Enqueue(tasks, system_clock::now())
                             : Expected<std::vector<Status>>(queue.error());
  for (std::size_t i = 0; i < newcomers.size(); ++i) {
    const Status answer = answers ? answers->at(i) : Status(answers.error());
    newcomers[i].told(answer ? std::nullopt : std::optional(QueueError(answer.error())));
  }
}

// Through ----------------------------------------------------------------------------------------

void AsyncInvocations::OnRoom() {
  if (queue_ != nullptr) PostPump();
}

void AsyncInvocations::PostPump() {
  if (std::exchange(is_pump_posted_, true)) return;
  loop_.Post([this] {
    is_pump_posted_ = false;
    Pump();
  });
}

void AsyncInvocations::Pump() {
  if (is_stopped_) {
    for (const Newcomer& newcomer : std::exchange(newcomers_, {})) {
      newcomer.told(PlatformError{
          .status = 503, .code = "ServiceUnavailable", .message = "fclocal is stopping"});
    }
    return;
  }
  TakeIn();
  if (queue_ == nullptr) return;
  ExpireOverdue(*queue_);
  if (StartDue(*queue_)) {
    PostPump();
  } else {
    SetAlarm(*queue_);
  }
}

void AsyncInvocations::ExpireOverdue(TaskQueue& queue) {
  for (;;) {
    const auto expired = queue.ExpireOverdue(system_clock::now());
    if (!expired) return LogError("async_queue_failed reason=\"{}\"", expired.error().message);
    if (expired->empty()) return;
    for (const Task& task : *expired) {
      const FunctionPool* const pool = PoolOf(task.function);
      if (pool == nullptr) continue;
      CallbackFacts facts{.function_arn = ArnOf(pool->function(), pool->model().identity),
                          .error_type = "AsyncEventAgeExceeded",
                          .status = 400};
      Deliver(*pool, task, facts);
    }
  }
}

/// True when there may be more that could start.
bool AsyncInvocations::StartDue(TaskQueue& queue) {
  const auto due = queue.DueFunctions(system_clock::now());
  if (!due) {
    LogError("async_queue_failed reason=\"{}\"", due.error().message);
    return false;
  }
  std::size_t started = 0;
  for (const std::string& function : *due) {
    while (started < kMostStartsAtOnce && StartFor(queue, function)) ++started;
  }
  return started == kMostStartsAtOnce;
}

/// False when there is no room, or nothing to start.
bool AsyncInvocations::StartFor(TaskQueue& queue, const std::string& name) {
  FunctionPool* const pool = PoolOf(name);
  if (pool != nullptr && (running_[name].size() >= pool->capacity() || pool->waiting() > 0)) {
    return false;
  }
  auto task = queue.ClaimDue(name, system_clock::now());
  if (!task) LogError("async_queue_failed reason=\"{}\"", task.error().message);
  if (!task || !*task) return false;
  if (pool != nullptr) {
    Run(*pool, **std::move(task));
    return true;
  }
  const auto ended = queue.Finish(
      (*task)->key,
      {.result = AttemptResult::kInvalid, .detail = "there is no function " + name + " any more"},
      system_clock::now());
  return ended.has_value();
}

void AsyncInvocations::Run(FunctionPool& pool, Task task) {
  auto is_unwanted = std::make_shared<bool>(false);
  running_[task.function].emplace(
      task.key, Attempt{.request_id = task.request_id, .is_unwanted = is_unwanted});
  Call call{.request_id = task.request_id,
            .kind = KindOf(task),
            .body = std::move(task.payload),
            .qualifier = task.headers,
            .retry_count = task.attempts - 1};
  call.is_unwanted = [is_unwanted] { return *is_unwanted; };
  call.done = [this, &pool, key = task.key](CallResult result) {
    OnDone(pool, key, std::move(result));
  };
  pool.Submit(std::move(call));
}

void AsyncInvocations::OnDone(FunctionPool& pool, std::int64_t key, CallResult result) {
  running_[FullNameOf(pool.function())].erase(key);
  if (is_stopped_) return;
  const CallbackFacts facts = FactsOf(pool, result);
  const auto task = queue_->Finish(key, EndOf(result), system_clock::now());
  if (!task) return LogError("async_queue_failed reason=\"{}\"", task.error().message);
  if (HasEnded(task->state)) Deliver(pool, *task, facts);
  PostPump();
}

void AsyncInvocations::SetAlarm(TaskQueue& queue) {
  const auto next = queue.NextEvent();
  if (!next || !*next) return alarm_.Clear();
  // What is due already waits for room; whether it expires is looked at now and then.
  const system_clock::duration left = **next - system_clock::now();
  alarm_.Set(Deadline::After(left > system_clock::duration::zero() ? left : kLookAgain));
}

Status AsyncInvocations::StopTask(FunctionPool& pool, const std::string& task_id) {
  const std::string name = FullNameOf(pool.function());
  const auto queue = Queue();
  if (!queue) return queue.error();
  const auto task = (*queue)->Stop(name, task_id, system_clock::now());
  if (!task) return task.error();
  const auto attempt = running_[name].find(task->key);
  if (attempt == running_[name].end()) return Ok();
  *attempt->second.is_unwanted = true;
  pool.Abandon(attempt->second.request_id);
  return Ok();
}

// Out --------------------------------------------------------------------------------------------

void AsyncInvocations::Deliver(const FunctionPool& pool, const Task& task,
                               const CallbackFacts& facts) {
  if (task.state == TaskState::kStopped) return;
  const AsyncConfig& config = pool.function().async;
  const std::string& text =
      task.state == TaskState::kSucceeded ? config.on_success : config.on_failure;
  if (text.empty()) return;
  const auto destination = ReadDestination(text, base_folder_);
  if (destination) DeliverTo(*destination, CallbackDocument(task, facts));
}

void AsyncInvocations::DeliverTo(const Destination& destination, const std::string& document) {
  if (const auto* const url = std::get_if<UrlDestination>(&destination)) {
    poster_.Post(url->url, document);
  } else if (const auto* const file = std::get_if<FileDestination>(&destination)) {
    const Status appended = AppendLine(file->path, document);
    if (!appended) LogWarn("destination_failed reason=\"{}\"", appended.error().message);
  } else {
    const auto found = Find(functions_, std::get<FunctionDestination>(destination));
    if (const auto* const error = std::get_if<PlatformError>(&found)) {
      LogWarn("destination_failed reason=\"{}\"", error->message);
      return;
    }
    Call call{.request_id = MakeRequestId(), .kind = CallKind::kAsync, .body = document};
    Take(*std::get<FunctionPool*>(found), std::move(call), {},
         [](const std::optional<PlatformError>& error) {
           if (error) LogWarn("destination_failed reason=\"{}\"", error->message);
         });
  }
}

FunctionPool* AsyncInvocations::PoolOf(const std::string& name) const {
  for (const auto& pool : functions_.pools()) {
    if (FullNameOf(pool->function()) == name) return pool.get();
  }
  return nullptr;
}

}  // namespace openfc::emulator
