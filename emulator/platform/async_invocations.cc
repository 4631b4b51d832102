#include "emulator/platform/async_invocations.h"

#include "emulator/platform/history.h"
#include "emulator/platform/stored_call.h"
#include "runtime/base/deadline.h"
#include "runtime/base/log.h"

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
constexpr std::size_t kMostLettersAtOnce = 1;  // To one destination: they arrive in order.
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

}  // namespace

AsyncInvocations::AsyncInvocations(const FunctionTable& functions, PlatformLoop& loop,
                                   std::string folder, std::string base_folder)
    : functions_(functions),
      loop_(loop),
      folder_(std::move(folder)),
      alarm_(loop, [this] { Pump(); }),
      deliveries_(functions, loop, std::move(base_folder),
                  [this](FunctionPool& pool, Call call, Told told) {
                    Take(pool, std::move(call), {}, std::move(told));
                  }) {}

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
  std::string head = WriteCallHead(call);
  newcomers_.push_back({.task = {.function = FullNameOf(pool.function()),
                                 .request_id = std::move(call.request_id),
                                 .task_id = std::move(task_id),
                                 .payload = std::move(call.body),
                                 .trigger = NameOf(call.kind),
                                 .headers = std::move(head),
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
  const auto letter_about = [this](const Task& task) -> std::optional<NewTask> {
    const FunctionPool* const pool = PoolOf(task.function);
    if (pool == nullptr) return std::nullopt;
    return Deliveries::LetterAbout(task, pool->function().async,
                                   {.function_arn = ArnOf(pool->function(), pool->model().identity),
                                    .error_type = "AsyncEventAgeExceeded",
                                    .status = 400});
  };
  for (;;) {
    const auto expired = queue.ExpireOverdue(system_clock::now(), letter_about);
    if (!expired) return LogError("async_queue_failed reason=\"{}\"", expired.error().message);
    if (expired->empty()) return;
    for (const Task& task : *expired) {
      if (Deliveries::IsLetter(task.function)) Deliveries::Report(task);
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
  const bool is_letter = Deliveries::IsLetter(name);
  if (is_letter && running_[name].size() >= kMostLettersAtOnce) return false;
  FunctionPool* const pool = PoolOf(name);
  if (pool != nullptr && (running_[name].size() >= pool->capacity() || pool->waiting() > 0)) {
    return false;
  }
  auto task = queue.ClaimDue(name, system_clock::now());
  if (!task) LogError("async_queue_failed reason=\"{}\"", task.error().message);
  if (!task || !*task) return false;
  if (is_letter) {
    Send(**std::move(task));
    return true;
  }
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
            .retry_count = task.attempts - 1};
  ReadCallHead(task.headers, call);
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
  const auto task = queue_->Finish(key, EndOf(result), system_clock::now(), [&](const Task& ended) {
    return Deliveries::LetterAbout(ended, pool.function().async, facts);
  });
  if (!task) return LogError("async_queue_failed reason=\"{}\"", task.error().message);
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

void AsyncInvocations::Send(Task letter) {
  running_[letter.function].emplace(letter.key, Attempt{.request_id = letter.request_id});
  deliveries_.Deliver(letter, [this, function = letter.function, key = letter.key](
                                  const AttemptEnd& end) { OnSent(function, key, end); });
}

/// One that has arrived is of no use any more.
void AsyncInvocations::OnSent(const std::string& function, std::int64_t key,
                              const AttemptEnd& end) {
  running_[function].erase(key);
  if (is_stopped_) return;
  if (end.result == AttemptResult::kSucceeded) {
    const Status forgotten = queue_->Forget(key);
    if (!forgotten) LogError("async_queue_failed reason=\"{}\"", forgotten.error().message);
  } else {
    const auto letter = queue_->Finish(key, end, system_clock::now());
    if (!letter) return LogError("async_queue_failed reason=\"{}\"", letter.error().message);
    Deliveries::Report(*letter);
  }
  PostPump();
}

FunctionPool* AsyncInvocations::PoolOf(const std::string& name) const {
  for (const auto& pool : functions_.pools()) {
    if (FullNameOf(pool->function()) == name) return pool.get();
  }
  return nullptr;
}

}  // namespace openfc::emulator
