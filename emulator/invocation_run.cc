#include "emulator/invocation_run.h"

#include "emulator/event_queue.h"
#include "emulator/instance.h"
#include "emulator/instance_end.h"
#include "emulator/instance_plan.h"
#include "emulator/processor_share.h"
#include "emulator/request_id.h"
#include "emulator/runtime_api.h"
#include "runtime/base/deadline.h"
#include "runtime/wire/error_document.h"
#include "runtime/wire/fault.h"
#include "runtime/wire/http_params.h"

#include <poll.h>

#include <algorithm>
#include <array>
#include <deque>
#include <limits>
#include <memory>
#include <utility>
#include <variant>

namespace openfc::emulator {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;
using Clock = std::chrono::steady_clock;

constexpr milliseconds kBetweenSamples{100};
// Past its deadline an instance may still answer for itself (fc-runtime-api.md, section 9).
constexpr seconds kPatience{1};

/// What the instance is doing, or is to fetch next.
struct Current {
  InvocationType type = InvocationType::kInvoke;
  std::string request_id = {};
  seconds timeout{0};
};

/// One run: the loop over everything that can happen meanwhile.
class Run {
 public:
  Run(RunOptions options, StopSignals& signals) : options_(std::move(options)), signals_(signals) {
    report_.request_id = MakeRequestId();
    report_.memory_mb = options_.function.memory_mb;
  }

  RunReport Do() {
    if (const Status started = Start(); !started) {
      NotStarted(started.error().message);
      return std::move(report_);
    }
    while (!is_over_) Wait();
    Finish();
    return std::move(report_);
  }

 private:
  Status Start() {
    auto events = EventQueue::Make();
    if (!events) return events.error();
    events_ = *std::move(events);
    auto api = RuntimeApi::Start(
        {.max_response_bytes = MostPayload(options_.limits)},
        [queue = events_.get()](InstanceEvent event) { queue->Post(std::move(event)); });
    if (!api) return api.error();
    api_ = *std::move(api);
    const InstanceSetting setting{.api_address = api_->Address(),
                                  .api_socket = api_->LocalName(),
                                  .instance_id = MakeUuid(),
                                  .identity = Identity::From(options_.own_environment)};
    plan_ = PlanInstance(options_.function, setting, report_.request_id, std::move(options_.event));
    for (Invocation& invocation : plan_) {
      if (invocation.type == InvocationType::kInvoke) invocation.http_params = options_.http_params;
    }
    SubmitNext();
    return StartInstance(setting);
  }

  /// The next of what the instance is for.
  void SubmitNext() {
    Invocation invocation = std::move(plan_.front());
    plan_.pop_front();
    current_ = {.type = invocation.type,
                .request_id = invocation.request_id,
                .timeout = seconds(invocation.function.timeout_s)};
    delivered_.reset();
    deadline_ = Deadline::After(IsClosing(current_.type) ? current_.timeout : options_.start_time);
    api_->Submit(std::move(invocation));
  }

  Status StartInstance(const InstanceSetting& setting) {
    Variables environment =
        MakeInstanceEnvironment(options_.function, setting, options_.own_environment);
    if (options_.limits == PlatformLimits::kLifted) {
      environment["OPENFC_MAX_RESPONSE_BYTES"] =
          std::to_string(std::numeric_limits<std::int64_t>::max());
    }
    auto instance = Instance::Start({.rloader = options_.rloader,
                                     .bootstrap = options_.bootstrap,
                                     .code_path = options_.function.code_path,
                                     .memory_mb = options_.function.memory_mb,
                                     .cpu = options_.function.cpu,
                                     .processors = {.most = ProcessorsOf(options_.function.cpu)},
                                     .environment = std::move(environment),
                                     .mounts = options_.mounts});
    if (!instance) return instance.error();
    instance_ = *std::move(instance);
    log_ = std::make_unique<InstanceLog>(instance_->TakeLog(), options_.log);
    log_->AddLine(kLogBegin);
    return Ok();
  }

  // The loop -------------------------------------------------------------------------------------

  void Wait() {
    std::array<pollfd, 5> entries = {{
        {.fd = signals_.fd(), .events = POLLIN, .revents = 0},
        {.fd = events_->fd(), .events = POLLIN, .revents = 0},
        {.fd = instance_->pidfd(), .events = POLLIN, .revents = 0},
        {.fd = log_->ReadingFd(), .events = POLLIN, .revents = 0},
        {.fd = log_->WritingFd(), .events = POLLOUT, .revents = 0},
    }};
    const bool samples = instance_->NeedsSamples();
    const Deadline wake = samples ? std::min(deadline_, next_sample_) : deadline_;
    ::poll(entries.data(), entries.size(), wake.PollTimeout());
    if (samples && next_sample_.HasPassed()) TakeSample();
    if (entries[3].revents != 0) log_->Read();
    if (entries[4].revents != 0) log_->Show();
    if (const auto signal = signals_.Read()) OnSignal(*signal);
    // What the instance said before it ended, or before the deadline, counts.
    for (InstanceEvent& event : events_->Take()) OnEvent(event);
    if (!is_over_ && instance_->TryReap()) OnEnd(*instance_->TryReap());
    if (!is_over_ && deadline_.HasPassed()) OnDeadline();
  }

  /// However often the log wakes us: a look through /proc costs more than what it finds.
  void TakeSample() {
    instance_->SampleMemory();
    next_sample_ = Deadline::After(kBetweenSamples);
  }

  void OnSignal(int signal) {
    if (is_over_) return;
    report_.signal = signal;
    End(Ending::kInterrupted);
  }

  void OnEvent(InstanceEvent& event) {
    if (is_over_) return;
    if (const auto* delivered = std::get_if<Delivered>(&event)) {
      delivered_ = delivered->at;
      deadline_ = Deadline(delivered->at + current_.timeout + kPatience);
    } else if (auto* answered = std::get_if<Answered>(&event)) {
      OnAnswer(*answered);
    } else if (!IsClosing(current_.type)) {
      report_.body = std::move(std::get<InitFailed>(event).document);
      NotStarted(MessageOf(report_.body));
    }
  }

  void OnAnswer(Answered& answered) {
    auto* const failure = std::get_if<Failure>(&answered.outcome);
    const bool is_late = failure != nullptr && failure->type == Timeout().type;
    if (IsClosing(current_.type)) {
      if (is_late) SayOfLateHook();
      GoOn();  // How else it went the instance has logged.
      return;
    }
    SetDuration(answered.at);
    if (failure != nullptr) {
      Fail(is_late ? Ending::kTimedOut : Ending::kFunctionFailed, std::move(*failure));
      if (current_.type == InvocationType::kInvoke && !is_late) GoOn();
    } else if (current_.type == InvocationType::kInitialize) {
      GoOn();
    } else {
      Tell(std::get<Response>(answered.outcome));
      GoOn();
    }
  }

  void Tell(Response& response) {
    report_.body = std::move(response.body);
    if (response.http_params && options_.http_params) {
      const auto answer = wire::ReadHttpParamsAnswer(*response.http_params);
      if (!answer) return FailBadly(answer.error().message);
      report_.http_status = answer->status;
    }
    End(Ending::kResult);
  }

  void FailBadly(const std::string& message) {
    constexpr const char* kType = "BadResponse";
    Fail(Ending::kFunctionFailed,
         {.type = kType, .document = wire::FaultDocument(kType, message, {})});
  }

  /// With what is left to do, if there is anything.
  void GoOn() {
    is_over_ = plan_.empty();
    if (!is_over_) SubmitNext();
  }

  /// The instance is gone and has not answered: nobody else will.
  void OnEnd(const ChildEnd& end) {
    if (IsClosing(current_.type)) {
      if (delivered_) SayOfHook("ended the instance before it was done");
      is_over_ = true;
      return;
    }
    if (!delivered_) {
      log_->ReadWhatIsThere();
      NotStarted(ReasonOfEarlyEnd(end, log_->LastLine()));
      return;
    }
    SetDuration(Clock::now());
    instance_->SampleMemory();
    const wire::ProcessEnd known{
        .duration = std::chrono::duration_cast<milliseconds>(report_.duration),
        .peak_memory_bytes = instance_->PeakMemoryBytes()};
    Fail(Ending::kFunctionFailed,
         FailureOfEnd(end, known, instance_->WasOutOfMemory(), options_.function.memory_mb));
  }

  void OnDeadline() {
    if (IsClosing(current_.type)) {
      SayOfLateHook();
      is_over_ = true;
    } else if (!delivered_) {
      NotStarted("the runtime did not ask for an invocation within " +
                 std::to_string(options_.start_time.count()) + " seconds");
    } else if (api_->GiveUp(current_.request_id)) {
      SetDuration(*delivered_ + current_.timeout);
      Fail(Ending::kTimedOut, Timeout());
    } else {
      deadline_ = Deadline::Never();  // Answered at the last moment: the event is on its way.
    }
  }

  Failure Timeout() const { return wire::FunctionTimeout(current_.timeout.count()); }

  void SayOfLateHook() {
    SayOfHook("was not done within " + std::to_string(current_.timeout.count()) + " seconds");
  }

  void SayOfHook(const std::string& what) {
    log_->AddLine("fclocal: the " + NameOf(current_.type) + " " + what);
  }

  // The end --------------------------------------------------------------------------------------

  void End(Ending ending) {
    report_.ending = ending;
    is_over_ = true;
  }

  void Fail(Ending ending, Failure failure) {
    report_.fc_error_type = current_.type == InvocationType::kInitialize
                                ? "InitializationError"
                                : "UnhandledInvocationError";
    report_.error_type = std::move(failure.type);
    report_.body = std::move(failure.document);
    End(ending);
  }

  void NotStarted(std::string reason) {
    report_.reason = std::move(reason);
    End(Ending::kNotStarted);
  }

  void SetDuration(Clock::time_point end) {
    if (delivered_) report_.duration = std::chrono::duration_cast<microseconds>(end - *delivered_);
  }

  void Finish() {
    instance_->SampleMemory();
    // An answer comes after the log that belongs to it; what comes later is not waited for.
    log_->ReadWhatIsThere();
    instance_->Kill();
    report_.peak_memory_bytes = instance_->PeakMemoryBytes();
    if (report_.ending != Ending::kResult) log_->ReadWhatIsThere();
    log_->AddLine(kLogEnd);
    ShowRest();
    report_.log = log_->kept();
    report_.is_log_cut = log_->IsCut();
  }

  /// A reader that stands still may be interrupted.
  void ShowRest() {
    while (log_->WritingFd() >= 0) {
      std::array<pollfd, 2> entries = {{
          {.fd = signals_.fd(), .events = POLLIN, .revents = 0},
          {.fd = log_->WritingFd(), .events = POLLOUT, .revents = 0},
      }};
      ::poll(entries.data(), entries.size(), -1);
      if (entries[1].revents != 0) log_->Show();
      if (const auto signal = signals_.Read()) {
        report_.signal = *signal;
        report_.ending = Ending::kInterrupted;
        return;
      }
    }
  }

  RunOptions options_;
  StopSignals& signals_;
  RunReport report_;
  bool is_over_ = false;
  std::deque<Invocation> plan_;  // What comes after `current_`.
  Current current_;
  Deadline deadline_;  // Of the poll for `current_`, then of itself.
  Deadline next_sample_{Deadline::Clock::now()};
  std::optional<Clock::time_point> delivered_;  // `current_` was.
  std::unique_ptr<EventQueue> events_;
  std::unique_ptr<RuntimeApi> api_;  // Posts to the queue.
  std::unique_ptr<Instance> instance_;
  std::unique_ptr<InstanceLog> log_;
};

}  // namespace

std::size_t MostPayload(PlatformLimits limits) {
  return limits == PlatformLimits::kEnforced ? kMostPayloadBytes
                                             : std::numeric_limits<std::size_t>::max();
}

RunReport RunInvocation(RunOptions options, StopSignals& signals) {
  return Run(std::move(options), signals).Do();
}

}  // namespace openfc::emulator
