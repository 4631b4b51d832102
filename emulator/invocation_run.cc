#include "emulator/invocation_run.h"

#include "emulator/event_queue.h"
#include "emulator/instance.h"
#include "emulator/request_id.h"
#include "emulator/runtime_api.h"
#include "runtime/base/deadline.h"
#include "runtime/wire/fault.h"

#include <nlohmann/json.hpp>
#include <poll.h>

#include <algorithm>
#include <array>
#include <limits>
#include <memory>
#include <utility>
#include <variant>

namespace openfc::emulator {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr milliseconds kBetweenSamples{100};
constexpr std::string_view kLoaderSays = "rloader: ";
constexpr std::string_view kLogBegin = "========= FC invoke Logs begin =========";
constexpr std::string_view kLogEnd = "========= FC invoke Logs end =========";

std::size_t MostPayload(PlatformLimits limits) {
  return limits == PlatformLimits::kEnforced ? kMostPayloadBytes
                                             : std::numeric_limits<std::size_t>::max();
}

/// The signal that ended the runtime, or its init; rloader tells of the former as a shell does.
int SignalOf(const ChildEnd& end) {
  constexpr int kShellSignal = 128;
  if (end.signal != 0) return end.signal;
  return end.exit_code > kShellSignal ? end.exit_code - kShellSignal : 0;
}

/// The message of an error JSON, else the document itself.
std::string MessageOf(const std::string& document) {
  const auto parsed = nlohmann::json::parse(document, nullptr, /*allow_exceptions=*/false);
  if (!parsed.is_object()) return document;
  const auto message = parsed.find("errorMessage");
  return message != parsed.end() && message->is_string() ? message->get<std::string>() : document;
}

Invocation MakeInvocation(const FunctionDefinition& function, const InstanceSetting& setting,
                          const std::string& request_id) {
  Invocation invocation;
  invocation.request_id = request_id;
  invocation.function = {.name = function.name,
                         .handler = function.handler,
                         .memory_mb = function.memory_mb,
                         .timeout_s = function.timeout.count()};
  invocation.service = {.name = function.service_name,
                        .log_project = function.log_project,
                        .log_store = function.log_store,
                        .qualifier = "LATEST",
                        .version_id = ""};
  invocation.credentials = setting.identity.credentials;
  invocation.region = function.region;
  invocation.account_id = setting.identity.account_id;
  invocation.instance_id = setting.instance_id;
  return invocation;
}

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
                                  .instance_id = MakeUuid(),
                                  .identity = Identity::From(options_.own_environment)};
    Invocation invocation = MakeInvocation(options_.function, setting, report_.request_id);
    invocation.body = std::move(options_.event);
    api_->Submit(std::move(invocation));
    return StartInstance(setting);
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
                                     .environment = std::move(environment)});
    if (!instance) return instance.error();
    instance_ = *std::move(instance);
    log_ = std::make_unique<InstanceLog>(instance_->TakeLog(), options_.log);
    log_->AddLine(kLogBegin);
    deadline_ = Deadline::After(options_.start_time);
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
      deadline_ = Deadline(delivered->at + options_.function.timeout);
    } else if (auto* answered = std::get_if<Answered>(&event)) {
      OnAnswer(*answered);
    } else {
      report_.body = std::move(std::get<InitFailed>(event).document);
      NotStarted(MessageOf(report_.body));
    }
  }

  void OnAnswer(Answered& answered) {
    SetDuration(answered.at);
    if (auto* response = std::get_if<Response>(&answered.outcome)) {
      report_.body = std::move(response->body);
      End(Ending::kResult);
    } else {
      Fail(Ending::kFunctionFailed, std::get<Failure>(std::move(answered.outcome)));
    }
  }

  /// The instance is gone and has not answered: nobody else will.
  void OnEnd(const ChildEnd& end) {
    if (!delivered_) {
      NotStarted(ReasonOfEarlyEnd(end));
      return;
    }
    SetDuration(Clock::now());
    instance_->SampleMemory();
    const wire::ProcessEnd known{
        .duration = std::chrono::duration_cast<milliseconds>(report_.duration),
        .peak_memory_bytes = instance_->PeakMemoryBytes()};
    const int signal = SignalOf(end);
    if (instance_->WasOutOfMemory()) {
      Fail(Ending::kFunctionFailed, wire::OutOfMemory(known, options_.function.memory_mb));
    } else if (signal != 0) {
      Fail(Ending::kFunctionFailed, wire::ProcessKilled(known, signal));
    } else {
      Fail(Ending::kFunctionFailed, wire::ProcessExited(known, end.exit_code));
    }
  }

  /// rloader says in one line why it could not begin.
  std::string ReasonOfEarlyEnd(const ChildEnd& end) {
    log_->ReadWhatIsThere();
    const std::string last = log_->LastLine();
    if (last.starts_with(kLoaderSays)) return last.substr(kLoaderSays.size());
    const int signal = SignalOf(end);
    return "the runtime ended before it asked for an invocation: " +
           (signal != 0 ? wire::KillCause(signal) : wire::ExitCause(end.exit_code));
  }

  void OnDeadline() {
    if (!delivered_) {
      NotStarted("the runtime did not ask for an invocation within " +
                 std::to_string(options_.start_time.count()) + " seconds");
    } else if (api_->GiveUp(report_.request_id)) {
      SetDuration(Clock::now());
      Fail(Ending::kTimedOut, wire::FunctionTimeout(options_.function.timeout.count()));
    } else {
      deadline_ = Deadline::Never();  // Answered at the last moment: the event is on its way.
    }
  }

  // The end --------------------------------------------------------------------------------------

  void End(Ending ending) {
    report_.ending = ending;
    is_over_ = true;
  }

  void Fail(Ending ending, Failure failure) {
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
  Deadline deadline_;  // Of the start, then of the invocation.
  Deadline next_sample_{Deadline::Clock::now()};
  std::optional<Clock::time_point> delivered_;
  std::unique_ptr<EventQueue> events_;
  std::unique_ptr<RuntimeApi> api_;  // Posts to the queue.
  std::unique_ptr<Instance> instance_;
  std::unique_ptr<InstanceLog> log_;
};

}  // namespace

RunReport RunInvocation(RunOptions options, StopSignals& signals) {
  return Run(std::move(options), signals).Do();
}

}  // namespace openfc::emulator
