#include "emulator/platform/function_pool.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

namespace openfc::emulator {
namespace {

constexpr std::chrono::milliseconds kBetweenLooks{100};

bool IsUnwanted(const Call& call) { return call.is_unwanted && call.is_unwanted(); }

PlatformError ClientGone() {
  return {.status = 499, .code = "ClientGone", .message = "the client has gone"};
}

}  // namespace

void FunctionPool::Submit(Call call) {
  if (is_stopped_) {
    Refuse(call, {.status = 503, .code = "ServiceUnavailable", .message = "fclocal is stopping"});
  } else if (LiveInstance* const instance = waiting_.empty() ? ChooseInstance() : nullptr) {
    instance->Run(std::move(call));
  } else if (MayStart()) {
    StartFor(std::move(call));
  } else if (waiting_.size() < options_.max_waiting) {
    Hold(std::move(call));
  } else {
    Refuse(call, {.status = 429,
                  .code = "ResourceExhausted",
                  .message = "the function " + function().name + " has " +
                             std::to_string(options_.max_instances) + " instances, and " +
                             std::to_string(options_.max_waiting) + " calls wait for them"});
  }
}

void FunctionPool::Hold(Call call) {
  waiting_.push_back(std::move(call));
  if (!leave_alarm_.IsSet()) leave_alarm_.Set(Deadline::After(kBetweenLooks));
}

/// Whoever has gone takes nobody's place.
void FunctionPool::DropUnwanted() {
  std::deque<Call> gone;
  for (Call& call : std::exchange(waiting_, {})) {
    (IsUnwanted(call) ? gone : waiting_).push_back(std::move(call));
  }
  for (Call& call : gone) Refuse(call, ClientGone());
  if (!waiting_.empty()) leave_alarm_.Set(Deadline::After(kBetweenLooks));
}

/// One that runs rather than one that has to be woken; null when all are busy.
LiveInstance* FunctionPool::ChooseInstance() {
  LiveInstance* frozen = nullptr;
  for (const auto& instance : instances_) {
    if (!instance->HasRoom()) continue;
    if (instance->state() != LiveInstance::State::kFrozen) return instance.get();
    frozen = instance.get();
  }
  return frozen;
}

/// Those that end do not count: their successors may start already.
std::size_t FunctionPool::CountServing() const {
  return static_cast<std::size_t>(
      std::count_if(instances_.begin(), instances_.end(), [](const auto& instance) {
        return !instance->is_retired() && instance->state() != LiveInstance::State::kGone;
      }));
}

/// Where a custom runtime's port can be had only once, so can its instance; one that still ends
/// has it, too.
bool FunctionPool::MayStart() const {
  if (function().custom && !surroundings_.ports.CanIsolate()) return instances_.empty();
  return CountServing() < options_.max_instances;
}

void FunctionPool::StartFor(Call call) {
  auto instance = LiveInstance::Start(model_, surroundings_, *this);
  if (!instance) {
    Refuse(call, {.status = 500,
                  .code = "FunctionNotStarted",
                  .message = "the instance could not start: " + instance.error().message});
    return;
  }
  instances_.push_back(*std::move(instance));
  instances_.back()->Run(std::move(call));
}

void FunctionPool::Refuse(Call& call, PlatformError error) {
  CallResult result{.outcome = std::move(error)};
  OnFinished(call, result);
  const auto done = std::move(call.done);
  done(std::move(result));
}

void FunctionPool::ServeWaiting() {
  while (!waiting_.empty()) {
    LiveInstance* const instance = ChooseInstance();
    const bool may_start = MayStart();
    if (instance == nullptr && !may_start) return;
    Call call = std::move(waiting_.front());
    waiting_.pop_front();
    if (IsUnwanted(call)) {
      Refuse(call, ClientGone());
    } else if (instance != nullptr) {
      instance->Run(std::move(call));
    } else {
      StartFor(std::move(call));
    }
  }
}

std::size_t FunctionPool::capacity() const {
  return options_.max_instances *
         static_cast<std::size_t>(std::max(function().instance_concurrency, 1));
}

void FunctionPool::Abandon(std::string_view request_id) {
  for (const auto& instance : instances_) {
    if (instance->IsServing(request_id) && instance->in_flight() == 1) instance->Stop();
  }
}

void FunctionPool::RenewInstances(const CodeState& code) {
  InstanceModel model = *model_;
  model.function.code_path = code.folder;
  model.code_checksum = code.checksum;
  Replace(std::move(model));
}

void FunctionPool::Replace(InstanceModel model) {
  model_ = std::make_shared<const InstanceModel>(std::move(model));
  for (const auto& instance : instances_) instance->Retire();
}

void FunctionPool::Close() {
  is_closed_ = true;
  if (!waiting_.empty()) return;
  for (const auto& instance : instances_) instance->Retire();
}

void FunctionPool::Stop() {
  is_stopped_ = true;
  for (Call& call : std::exchange(waiting_, {})) Submit(std::move(call));
  for (const auto& instance : instances_) instance->Stop();
}

void FunctionPool::OnRoom(LiveInstance& /*instance*/) {
  ServeWaiting();
  if (is_closed_) Close();
}

void FunctionPool::OnReturned(Call call) {
  // Not from within the instance that ends: it is still being settled.
  surroundings_.loop.Post(
      [this, held = std::make_shared<Call>(std::move(call))] { Submit(std::move(*held)); });
}

void FunctionPool::OnFinished(const Call& call, const CallResult& result) {
  listener_.OnFinished(*this, call, result);
}

void FunctionPool::OnLog(const LiveInstance& instance, std::string_view bytes) {
  listener_.OnLog(*this, instance, bytes);
}

void FunctionPool::OnGone(LiveInstance& instance) {
  listener_.OnLogEnd(*this, instance);
  surroundings_.loop.Post([this, gone = &instance] {
    std::erase_if(instances_, [gone](const auto& other) { return other.get() == gone; });
    listener_.OnInstanceGone();
    ServeWaiting();
  });
}

}  // namespace openfc::emulator
