// How an instance rests and ends: the second half of live_instance.cc.

#include "emulator/instance_end.h"
#include "emulator/platform/live_instance.h"
#include "emulator/platform/start_errors.h"

#include <signal.h>

#include <algorithm>
#include <string_view>
#include <utility>
#include <variant>

namespace openfc::emulator {
namespace {

using std::chrono::duration_cast;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;
using Clock = Deadline::Clock;

// A pre-stop hook may take so much longer than it was given.
constexpr seconds kHookPatience{1};
// After its end, for what a program has said to be told.
constexpr seconds kLastAnswers{1};
// Between SIGTERM and the end.
constexpr seconds kGrace{6};
constexpr milliseconds kBetweenKills{10};
// rloader says so of a program that it supervises.
constexpr std::string_view kMemoryReached = "memory_limit_reached";

FunctionError Unhandled(Failure failure) {
  return {.fc_type = "UnhandledInvocationError", .failure = std::move(failure)};
}

}  // namespace

std::vector<pid_t> LiveInstance::Pids() const {
  std::vector<pid_t> pids = {pid()};
  if (hook_command_ != nullptr) pids.push_back(hook_command_->pid());
  return pids;
}

void LiveInstance::AfterCall() {
  if (state_ == State::kStopping || state_ == State::kGone) return;
  if (is_retired_ && in_flight() == 0) {
    End();
  } else if (HasRoom()) {
    if (in_flight() == 0 && entries_.empty()) idle_alarm_.Set(Deadline::After(model_.freeze_after));
    owner_.OnRoom(*this);
  }
}

/// First it is told that it will freeze, then it is frozen, and at last it ends.
void LiveInstance::OnIdle() {
  if (in_flight() > 0 || state_ == State::kStopping || state_ == State::kGone) return;
  if (state_ == State::kFrozen) {
    Retire();
    return;
  }
  if (model_.function.pre_freeze && !std::exchange(is_ready_to_freeze_, true)) {
    RunHook(InvocationType::kPreFreeze, *model_.function.pre_freeze);
    return;
  }
  ReadLog();
  carrier_->Pause();
  process_->Freeze();
  state_ = State::kFrozen;
  idle_alarm_.Set(Deadline::After(model_.stop_after));
}

void LiveInstance::Wake() {
  idle_alarm_.Clear();
  if (state_ != State::kFrozen) return;
  process_->Thaw();
  carrier_->Resume();
  state_ = State::kReady;
}

void LiveInstance::Retire() {
  if (std::exchange(is_retired_, true)) return;
  if (in_flight() == 0) End();
}

void LiveInstance::End() {
  if (state_ == State::kStopping || state_ == State::kGone) return;
  Wake();
  const auto& hook = model_.function.pre_stop;
  if (hook && was_polled_ && is_initialized_) {
    state_ = State::kStopping;
    kill_alarm_.Set(Deadline::After(hook->timeout + kHookPatience));
    RunHook(InvocationType::kPreStop, *hook);
    return;
  }
  EndByHook();
}

/// No hook is left to run: it is told to end, and killed when it does not.
void LiveInstance::EndByHook() {
  if (state_ == State::kGone) return;
  state_ = State::kStopping;
  process_->Signal(SIGTERM);
  kill_alarm_.Set(Deadline::After(kGrace));
}

void LiveInstance::Stop() {
  if (state_ == State::kGone) return;
  is_retired_ = true;
  const bool is_again = state_ == State::kStopping;
  Wake();
  is_again ? Kill() : EndByHook();
}

void LiveInstance::Kill() {
  if (state_ == State::kGone) return;
  state_ = State::kStopping;
  is_retired_ = true;
  PeakMemoryBytes();
  if (process_->TryKill()) {
    OnExit();
  } else {
    kill_alarm_.Set(Deadline::After(kBetweenKills));
  }
}

void LiveInstance::OnExit() {
  if (state_ == State::kGone || !process_->TryReap()) return;
  exit_watch_.reset();
  is_retired_ = true;
  if (!settle_by_) settle_by_ = Deadline::After(kLastAnswers);
  if (!carrier_->IsIdle() && !settle_by_->HasPassed()) {
    kill_alarm_.Set(Deadline::After(kBetweenKills));
    return;
  }
  start_alarm_.Clear();
  idle_alarm_.Clear();
  kill_alarm_.Clear();
  ReadLog();
  process_->SampleMemory();
  peak_memory_bytes_ = std::max(peak_memory_bytes_, process_->PeakMemoryBytes());
  state_ = State::kGone;
  hook_command_.reset();
  SettleAfterDeath();
  log_watch_.reset();
  owner_.OnGone(*this);
}

/// What nobody has answered, and nobody will.
void LiveInstance::SettleAfterDeath() {
  if (!was_polled_) FailStart(EndedEarly(model_.function, *process_->TryReap(), last_words_));
  auto entries = std::exchange(entries_, {});
  calls_ = 0;
  for (auto& [id, entry] : entries) {
    sorter_.Close(id);
    if (entry.type == InvocationType::kInitialize) {
      FailWaiting({.fc_type = "InitializationError", .failure = FailureOfDeath(entry)});
    }
    if (entry.type != InvocationType::kInvoke) continue;
    if (auto withdrawn = carrier_->Withdraw(id)) {
      entry.call.body = std::move(std::get<std::string>(withdrawn->body));
      entry.call.http_params = std::move(withdrawn->http_params);
      entry.call.http = std::move(withdrawn->http);
      owner_.OnReturned(std::move(entry.call));
      continue;
    }
    CallResult result{.outcome = Unhandled(FailureOfDeath(entry))};
    if (entry.delivered) {
      result.duration = duration_cast<microseconds>(Clock::now() - *entry.delivered);
    }
    Finish(std::move(entry), std::move(result));
  }
  for (Call& call : std::exchange(waiting_, {})) owner_.OnReturned(std::move(call));
}

Failure LiveInstance::FailureOfDeath(const Entry& entry) const {
  if (death_) return *death_;
  const Time begun = entry.delivered.value_or(Clock::now());
  return FailureOfEnd(*process_->TryReap(),
                      {.duration = duration_cast<milliseconds>(Clock::now() - begun),
                       .peak_memory_bytes = peak_memory_bytes_},
                      WasOutOfMemory(), model_.function.memory_mb);
}

/// Of a program that rloader supervises it says so, and nobody answers.
bool LiveInstance::WasOutOfMemory() const {
  return process_->WasOutOfMemory() ||
         (model_.function.custom && last_words_.find(kMemoryReached) != std::string::npos);
}

void LiveInstance::FailWaiting(const FunctionError& error) {
  for (Call& call : std::exchange(waiting_, {})) {
    ++invocations_;
    Finish({.call = std::move(call)}, {.outcome = error});
  }
}

/// It never took work: whoever waits for it is told why.
void LiveInstance::FailStart(const PlatformError& error) {
  const CallResult result{.outcome = error};
  for (auto& [id, entry] : std::exchange(entries_, {})) {
    sorter_.Close(id);
    if (entry.type == InvocationType::kInvoke) Finish(std::move(entry), result);
  }
  calls_ = 0;
  for (Call& call : std::exchange(waiting_, {})) Finish({.call = std::move(call)}, result);
}

}  // namespace openfc::emulator
