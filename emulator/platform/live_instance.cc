#include "emulator/platform/live_instance.h"

#include "emulator/custom/custom_command.h"
#include "emulator/instance_end.h"
#include "emulator/instance_plan.h"
#include "emulator/invocation_run.h"
#include "emulator/platform/push_carrier.h"
#include "emulator/platform/start_errors.h"
#include "emulator/processor_share.h"
#include "emulator/request_id.h"
#include "runtime/base/log.h"
#include "runtime/wire/fault.h"

#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>
#include <set>
#include <utility>
#include <variant>
#include <vector>

namespace openfc::emulator {
namespace {

using std::chrono::duration_cast;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;
using Clock = Deadline::Clock;

constexpr milliseconds kBetweenSamples{50};
constexpr std::size_t kLogPiece = 64UL * 1024;
constexpr std::size_t kLastWords = 4096;
constexpr std::size_t kMostReads = 64;  // Of a log in one go: whoever writes on, waits.

FunctionError Unhandled(Failure failure) {
  return {.fc_type = "UnhandledInvocationError", .failure = std::move(failure)};
}

}  // namespace

bool IsSameFunction(const InstanceModel& one, const InstanceModel& other) {
  return one.function == other.function && one.mounts == other.mounts &&
         one.code_source == other.code_source;
}

Expected<std::unique_ptr<LiveInstance>> LiveInstance::Start(
    std::shared_ptr<const InstanceModel> model, const InstanceSurroundings& surroundings,
    InstanceOwner& owner) {
  std::unique_ptr<LiveInstance> instance(new LiveInstance(std::move(model), surroundings, owner));
  if (const Status begun = instance->Begin(); !begun) return begun.error();
  return instance;
}

LiveInstance::LiveInstance(std::shared_ptr<const InstanceModel> model,
                           const InstanceSurroundings& surroundings, InstanceOwner& owner)
    : held_(std::move(model)),
      surroundings_(surroundings),
      owner_(owner),
      setting_{.api_address = {}, .instance_id = MakeUuid(), .identity = model_.identity},
      sorter_(surroundings.logs),
      processors_(surroundings.processors.Lease(ProcessorsOf(model_.function.cpu))),
      start_alarm_(surroundings.loop,
                   [this] {
                     ReadLog();
                     FailStart(NotReadyInTime(model_.function, model_.start_time, last_words_));
                     Kill();
                   }),
      idle_alarm_(surroundings.loop, [this] { OnIdle(); }),
      kill_alarm_(surroundings.loop, [this] { Kill(); }) {}

LiveInstance::~LiveInstance() = default;

Status LiveInstance::BeginPolled() {
  auto api =
      RuntimeApi::StartOn(surroundings_.server, {.max_response_bytes = MostPayload(model_.limits)},
                          [this](InstanceEvent event) { OnEvent(std::move(event)); });
  if (!api) return api.error();
  setting_.api_address = (*api)->Address();
  setting_.api_socket = (*api)->LocalName();
  carrier_ = std::make_unique<PollCarrier>(*std::move(api));
  return Ok();
}

Status LiveInstance::BeginPushed() {
  auto lease = surroundings_.ports.Lease(model_.function.custom->port, model_.function.name);
  if (!lease) return lease.error();
  lease_ = *std::move(lease);
  PushListener listener{.when_event = [this](InstanceEvent event) { OnEvent(std::move(event)); },
                        .when_unwell =
                            [this](const std::string& reason) {
                              Say("the instance is replaced: " + reason);
                              Retire();
                            },
                        .when_odd = [this](const std::string& notice) { Say(notice); }};
  carrier_ = std::make_unique<PushCarrier>(
      surroundings_.loop, model_.function, lease_->place(),
      PushOptions{.max_response_bytes = MostPayload(model_.limits)}, std::move(listener));
  if (lease_->place().network != nullptr) {
    Say("the port " + std::to_string(lease_->place().port) +
        " is in use: this instance has a network of its own, and reaches nothing outside of it");
  }
  return Ok();
}

Status LiveInstance::Begin() {
  const Status chosen = model_.function.custom ? BeginPushed() : BeginPolled();
  if (!chosen) return chosen.error();
  if (const Status begun = BeginProcess(); !begun) return begun.error();
  start_alarm_.Set(Deadline::After(model_.start_time));
  if (model_.function.initializer) {
    RunHook(InvocationType::kInitialize, *model_.function.initializer);
  } else {
    is_initialized_ = true;
  }
  return Ok();
}

/// How a program of it is started; without a command, its runtime.
InstanceOptions LiveInstance::OptionsFor(std::vector<std::string> command) const {
  Variables environment =
      MakeInstanceEnvironment(model_.function, setting_, model_.own_environment);
  if (model_.limits == PlatformLimits::kLifted) {
    environment["OPENFC_MAX_RESPONSE_BYTES"] =
        std::to_string(std::numeric_limits<std::int64_t>::max());
  }
  if (model_.function.custom) AddListenPort(model_.function, environment);
  return {.rloader = model_.rloader,
          .bootstrap = command.empty() ? model_.bootstrap : std::nullopt,
          .command = std::move(command),
          .code_path = model_.function.code_path,
          .memory_mb = model_.function.memory_mb,
          .cpu = model_.function.cpu,
          .processors = {.numbers = processors_->numbers()},
          .environment = std::move(environment),
          .mounts = model_.mounts,
          .household = Household::kShared};
}

Status LiveInstance::BeginProcess() {
  const NetworkNamespace::Visit visit(lease_ == nullptr ? nullptr : lease_->place().network);
  auto process = Instance::Start(
      OptionsFor(model_.function.custom ? CommandOf(model_.function) : std::vector<std::string>()));
  if (!process) return process.error();
  process_ = *std::move(process);
  log_ = process_->TakeLog();
  log_watch_ =
      std::make_unique<FdWatch>(surroundings_.loop, log_.get(), EPOLLIN, [this] { ReadLog(); });
  exit_watch_ = std::make_unique<FdWatch>(surroundings_.loop, process_->pidfd(), EPOLLIN,
                                          [this] { OnExit(); });
  return Ok();
}

bool LiveInstance::HasRoom() const {
  const auto limit = static_cast<std::size_t>(std::max(model_.function.instance_concurrency, 1));
  return !is_retired_ && state_ != State::kStopping && state_ != State::kGone &&
         in_flight() < limit;
}

std::int64_t LiveInstance::PeakMemoryBytes() {
  const Time now = Clock::now();
  if (state_ != State::kGone && now - sampled_ >= kBetweenSamples) {
    sampled_ = now;
    process_->SampleMemory();
    peak_memory_bytes_ = process_->PeakMemoryBytes();
  }
  return peak_memory_bytes_;
}

// Calls ------------------------------------------------------------------------------------------

void LiveInstance::Run(Call call) {
  Wake();
  if (is_initialized_) {
    SubmitCall(std::move(call));
  } else {
    waiting_.push_back(std::move(call));
  }
}

void LiveInstance::SubmitCall(Call call) {
  Invocation invocation = MakeInvocation(model_.function, setting_, call.request_id);
  invocation.service.qualifier = call.qualifier;
  invocation.retry_count = call.retry_count;
  invocation.http_params = std::move(call.http_params);
  invocation.http = std::move(call.http);
  invocation.body = std::move(call.body);
  Entry entry{
      .type = InvocationType::kInvoke, .call = std::move(call), .timeout = model_.function.timeout};
  ++calls_;
  ++invocations_;
  is_ready_to_freeze_ = false;
  Submit(std::move(invocation), std::move(entry));
}

void LiveInstance::RunHook(InvocationType type, const HookDefinition& hook) {
  if (!hook.command.empty()) return RunHookCommand(type, hook);
  Submit(MakeHookInvocation(model_.function, setting_, type, hook),
         {.type = type, .timeout = hook.timeout});
}

void LiveInstance::RunHookCommand(InvocationType type, const HookDefinition& hook) {
  HookCommandListener listener{
      .when_log = [this](std::string_view bytes) { owner_.OnLog(*this, bytes); },
      .when_over =
          [this, type](Outcome outcome) {
            hook_command_.reset();
            OnHookDone(type, std::move(outcome));
          }};
  const NetworkNamespace::Visit visit(lease_ == nullptr ? nullptr : lease_->place().network);
  auto command =
      HookCommand::Start(OptionsFor(CommandHere(hook.command, model_.function.code_path)),
                         hook.timeout, surroundings_.loop, std::move(listener));
  if (command) {
    hook_command_ = *std::move(command);
  } else {
    OnHookDone(type, Failure{.type = "HookFailed", .document = command.error().message});
  }
}

void LiveInstance::Submit(Invocation invocation, Entry entry) {
  const std::string id = invocation.request_id;
  entry.deadline = std::make_unique<Alarm>(surroundings_.loop, [this, id] { OnDeadline(id); });
  sorter_.Open(id);
  auto sink = entry.call.sink;
  entries_.emplace(id, std::move(entry));
  carrier_->Submit(std::move(invocation), std::move(sink));
}

void LiveInstance::OnEvent(InstanceEvent event) {
  if (const auto* delivered = std::get_if<Delivered>(&event)) {
    OnDelivered(*delivered);
  } else if (auto* answered = std::get_if<Answered>(&event)) {
    OnAnswered(std::move(*answered));
  } else {
    Failure failure{.type = {}, .document = std::move(std::get<InitFailed>(event).document)};
    OnInitFailed(std::move(failure));
  }
}

void LiveInstance::OnDelivered(const Delivered& delivered) {
  if (!std::exchange(was_polled_, true)) start_alarm_.Clear();
  if (state_ == State::kStarting && is_initialized_) state_ = State::kReady;
  const auto found = entries_.find(delivered.request_id);
  if (found == entries_.end()) return;
  Entry& entry = found->second;
  entry.delivered = delivered.at;
  entry.deadline->Set(Deadline(delivered.at + entry.timeout + carrier_->Patience()));
}

void LiveInstance::OnAnswered(Answered answered) {
  auto found = entries_.extract(answered.request_id);
  if (found.empty()) return;
  Entry entry = std::move(found.mapped());
  // An answer comes after the log that belongs to it.
  if (entry.call.wants_log || !sorter_.sees_marks()) ReadLog();
  sorter_.Close(answered.request_id);
  if (entry.type != InvocationType::kInvoke) {
    OnHookDone(entry.type, std::move(answered.outcome));
    return;
  }
  Answer(std::move(entry), std::move(answered.outcome), answered.at);
}

void LiveInstance::OnHookDone(InvocationType type, Outcome outcome) {
  switch (type) {
    case InvocationType::kInvoke:
      break;
    case InvocationType::kPreFreeze:
      OnIdle();
      return;
    case InvocationType::kInitialize:
      if (auto* const failure = std::get_if<Failure>(&outcome)) {
        OnInitFailed(std::move(*failure));
        return;
      }
      is_initialized_ = true;
      state_ = State::kReady;
      for (Call& call : std::exchange(waiting_, {})) SubmitCall(std::move(call));
      if (HasRoom()) owner_.OnRoom(*this);
      break;
    case InvocationType::kPreStop:
      if (const auto* const failure = std::get_if<Failure>(&outcome)) {
        Say("the pre-stop hook failed: " + MessageOf(failure->document));
      }
      EndByHook();
      return;
  }
  AfterCall();
}

/// The initializer failed, or the runtime could not even begin: the instance is worth nothing.
void LiveInstance::OnInitFailed(Failure failure) {
  ReadLog();
  start_alarm_.Clear();
  was_polled_ = true;
  FailWaiting({.fc_type = "InitializationError", .failure = std::move(failure)});
  Kill();
}

void LiveInstance::OnDeadline(const std::string& request_id) {
  const auto found = entries_.find(request_id);
  if (found == entries_.end() || !carrier_->GiveUp(request_id)) return;
  Entry entry = std::move(entries_.extract(found).mapped());
  Failure timeout = wire::FunctionTimeout(entry.timeout.count());
  death_ = wire::InstanceRestarted(request_id, wire::RestartCause::kTimedOut);
  if (entry.type == InvocationType::kInvoke) {
    const Time end = *entry.delivered + entry.timeout;
    Answer(std::move(entry), std::move(timeout), end);
  } else if (entry.type == InvocationType::kInitialize) {
    FailWaiting({.fc_type = "InitializationError", .failure = std::move(timeout)});
  }
  Kill();
}

void LiveInstance::Answer(Entry entry, Outcome outcome, Time end) {
  --calls_;
  CallResult result{.outcome = PlatformError{}};
  if (auto* const failure = std::get_if<Failure>(&outcome)) {
    result.outcome = Unhandled(std::move(*failure));
  } else {
    result.outcome = std::move(std::get<Response>(outcome));
  }
  if (entry.delivered) result.duration = duration_cast<microseconds>(end - *entry.delivered);
  Finish(std::move(entry), std::move(result));
  AfterCall();
}

void LiveInstance::Finish(Entry entry, CallResult result) {
  entry.deadline.reset();
  Call& call = entry.call;
  result.instance_id = id();
  result.code_checksum = model_.code_checksum;
  result.peak_memory_bytes = PeakMemoryBytes();
  result.was_cold_start = invocations_ == 1;
  if (call.wants_log) result.log = LogOf(call.request_id);
  owner_.OnFinished(call, result);
  const auto done = std::move(call.done);
  done(std::move(result));
}

std::string LiveInstance::LogOf(const std::string& request_id) {
  const auto* const entry = surroundings_.logs.Find(request_id);
  return entry == nullptr ? std::string() : entry->text;
}

// The log ----------------------------------------------------------------------------------------

void LiveInstance::ReadLog() {
  std::array<char, kLogPiece> piece;
  for (std::size_t reads = 0; reads < kMostReads && log_.is_open(); ++reads) {
    const ssize_t count = ::read(log_.get(), piece.data(), piece.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return;
    if (count == 0) {
      log_watch_.reset();
      log_.Reset();
      return;
    }
    const std::string_view bytes(piece.data(), static_cast<std::size_t>(count));
    sorter_.Feed(bytes);
    owner_.OnLog(*this, bytes);
    last_words_.append(bytes.substr(bytes.size() - std::min(bytes.size(), kLastWords)));
    if (last_words_.size() > 2 * kLastWords) {
      last_words_.erase(0, last_words_.size() - kLastWords);
    }
    if (bytes.size() < piece.size()) return;
  }
}

/// In the place of a line of its own.
void LiveInstance::Say(const std::string& notice) {
  owner_.OnLog(*this, "fclocal: " + notice + "\n");
}

}  // namespace openfc::emulator
