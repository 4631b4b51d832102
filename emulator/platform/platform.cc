#include "emulator/platform/platform.h"

#include "emulator/invocation_run.h"
#include "emulator/request_id.h"
#include "runtime/base/deadline.h"
#include "runtime/process/process_tree.h"
#include "runtime/process/processors.h"

#include <chrono>
#include <set>
#include <utility>

namespace openfc::emulator {
namespace {

constexpr std::chrono::milliseconds kBetweenSweeps{20};

}  // namespace

Expected<std::unique_ptr<Platform>> Platform::Start(PlatformOptions options) {
  std::unique_ptr<Platform> platform(new Platform(std::move(options)));
  if (const Status begun = platform->Begin(); !begun) return begun.error();
  return platform;
}

Platform::Platform(PlatformOptions options)
    : options_(std::move(options)),
      guard_(options_.allowed_hosts),
      signatures_(options_.keys),
      processors_(AllowedProcessors()),
      function_logs_(options_.log_folder) {}

Platform::~Platform() {
  if (server_ != nullptr) server_->Stop();
}

Status Platform::Begin() {
  if (const Status reaper = BecomeSubreaper(); !reaper) return reaper.error();
  auto loop = PlatformLoop::Make();
  if (!loop) return loop.error();
  loop_ = *std::move(loop);
  live_log_ = std::make_unique<LiveLog>(*loop_, options_.log_fd);
  MakeDoors();
  orphan_alarm_ = std::make_unique<Alarm>(*loop_, [this] { SweepOrphans(); });
  if (const Status listening = Listen(); !listening) return listening.error();
  for (const InstanceModel& model : options_.functions) AddFunction(model);
  WatchCode();
  WatchServiceFile();
  if (async_ != nullptr) async_->Begin();
  auto readiness = loop_->Readiness();
  if (!readiness) return readiness.error();
  server_->Watch(*std::move(readiness), [this] { loop_->Turn(); });
  is_ready_ = true;
  return Ok();
}

void Platform::MakeDoors() {
  if (!options_.state_folder.empty()) {
    async_ = std::make_unique<AsyncInvocations>(functions_, *loop_, options_.state_folder,
                                                options_.base_folder);
    timers_ = std::make_unique<TimerTriggers>(*loop_, *async_);
  }
  triggers_ = std::make_unique<HttpTriggers>(functions_, signatures_,
                                             AsyncDoor(async_.get(), options_.limits));
  invoke_api_ = std::make_unique<InvokeApi>(functions_, async_.get(), options_.limits);
  ControlApi::Options control = options_.control;
  control.is_page_for_all = !options_.keys;
  control.next_firing = [this](const FunctionDefinition& function, const TimerTrigger& timer) {
    return timers_ == nullptr ? std::nullopt : timers_->NextFiring(function, timer);
  };
  control_ = std::make_unique<ControlApi>(ControlApi::Subject{.functions = functions_,
                                                              .history = history_,
                                                              .logs = logs_,
                                                              .loop = *loop_,
                                                              .async = async_.get()},
                                          std::move(control));
}

/// Where it cannot be watched, functions are served all the same.
void Platform::WatchCode() {
  if (!options_.reloads_code) return;
  auto reload = CodeReload::Start(functions_, *loop_, options_.refresh_code,
                                  [this](const std::string& sentence) { Tell(sentence); });
  if (reload) {
    reload_ = *std::move(reload);
  } else {
    Tell("notice: code that changes is not noticed: " + reload.error().message);
  }
}

void Platform::WatchServiceFile() {
  if (!options_.reloads_code || options_.service_file.empty()) return;
  auto reload =
      ServiceReload::Start({.file = options_.service_file,
                            .read = options_.read_functions,
                            .tell = [this](const std::string& sentence) { Tell(sentence); }},
                           functions_, *loop_, *this);
  if (reload) {
    service_reload_ = *std::move(reload);
  } else {
    Tell("notice: a changed s.yaml is not noticed: " + reload.error().message);
  }
}

void Platform::AddFunction(InstanceModel model) {
  PoolListener& listener = *this;
  functions_.Add(std::make_unique<FunctionPool>(
      std::move(model), options_.pool,
      InstanceSurroundings{*loop_, *server_, logs_, ports_, processors_}, listener));
  if (timers_ != nullptr) timers_->Add(*functions_.pools().back());
  WatchNewCode();
}

void Platform::ReplaceFunction(FunctionPool& pool, InstanceModel model) {
  if (timers_ != nullptr) timers_->Remove(pool);
  pool.Replace(std::move(model));
  if (timers_ != nullptr) timers_->Add(pool);
  WatchNewCode();
}

void Platform::RemoveFunction(FunctionPool& pool) {
  if (timers_ != nullptr) timers_->Remove(pool);
  functions_.Remove(pool);
  pool.Close();
  SweepFunctions();
}

/// Not at once: a pool may be what has led here.
void Platform::SweepFunctions() {
  loop_->Post([this] { functions_.Sweep(); });
}

void Platform::WatchNewCode() {
  if (reload_ == nullptr) return;
  if (const Status watched = reload_->WatchAll(); !watched) {
    Tell("notice: code that changes is not noticed: " + watched.error().message);
  }
}

void Platform::Tell(const std::string& sentence) const {
  if (options_.tell) options_.tell(sentence);
}

Status Platform::Listen() {
  auto server = http::Server::Start(
      {.address = options_.address,
       .port = options_.port,
       .limits = {.max_body_bytes = MostPayload(options_.limits)},
       .refuse = [this](
                     const http::Request& seen,
                     const http::RequestParser::Refusal& refusal) { return Refuse(seen, refusal); },
       .gathers_answers = true},
      [this](http::Request request, http::Responder responder) {
        ServeOnceReady(std::move(request), std::move(responder));
      });
  if (!server) return server.error();
  server_ = *std::move(server);
  return Ok();
}

/// A client may come while the functions are still being added: it waits for the first turn.
void Platform::ServeOnceReady(http::Request request, http::Responder responder) {
  if (is_ready_) {
    Serve(std::move(request), std::move(responder));
    return;
  }
  auto held = std::make_shared<std::pair<http::Request, http::Responder>>(std::move(request),
                                                                          std::move(responder));
  loop_->Post(
      [this, held = std::move(held)] { Serve(std::move(held->first), std::move(held->second)); });
}

void Platform::Serve(http::Request request, http::Responder responder) {
  LookAtCode();
  // Web functions answer the pages of the frontend that is written beside them, on another port.
  const bool is_for_pages = HttpTriggers::Serves(request);
  if (const auto refusal =
          guard_.Refusal(request, is_for_pages ? http::OwnHosts::Pages::kOfOurHosts
                                               : http::OwnHosts::Pages::kOfThisServer)) {
    std::move(responder).Send(
        PlatformErrorAnswer({.status = 403, .code = "AccessDenied", .message = *refusal},
                            MakeRequestId(), IsFc3Path(request.path())));
  } else if (is_for_pages) {
    triggers_->Serve(std::move(request), std::move(responder));
  } else if (ControlApi::Serves(request.path())) {
    control_->Serve(std::move(request), std::move(responder));
  } else if (const auto unsigned_one = signatures_.Refusal(request)) {
    std::move(responder).Send(
        PlatformErrorAnswer(*unsigned_one, MakeRequestId(), IsFc3Path(request.path())));
  } else if (async_ != nullptr && TaskApi::Serves(request.path())) {
    std::move(responder).Send(TaskApi(functions_, *async_).Serve(request));
  } else {
    invoke_api_->Serve(std::move(request), std::move(responder));
  }
}

/// Once for all that came by now: what changed before any of it was sent is seen.
void Platform::LookAtCode() {
  if (reload_ == nullptr || std::exchange(has_looked_at_code_, true)) return;
  server_->AfterRound([this] { has_looked_at_code_ = false; });
  reload_->Look();
}

http::Response Platform::Refuse(const http::Request& seen,
                                const http::RequestParser::Refusal& refusal) {
  const bool is_fc3 = IsFc3Path(seen.path());
  if (refusal.status != 413) {
    const bool is_oversized = refusal.status == 414 || refusal.status == 431;
    return PlatformErrorAnswer({.status = is_oversized ? 400 : refusal.status,
                                .code = "InvalidArgument",
                                .message = refusal.reason},
                               MakeRequestId(), is_fc3);
  }
  return PlatformErrorAnswer({.status = 400,
                              .code = "EntityTooLarge",
                              .message = "the event is larger than the platform takes, " +
                                         std::to_string(kMostPayloadBytes) + " bytes at most"},
                             MakeRequestId(), is_fc3);
}

void Platform::OnFinished(const FunctionPool& pool, const Call& call, const CallResult& result) {
  history_.Add(pool.function().name, call, result);
  if (async_ != nullptr) async_->OnRoom();
}

void Platform::OnLog(const FunctionPool& pool, const LiveInstance& instance,
                     std::string_view bytes) {
  if (options_.hear) options_.hear(bytes);
  live_log_->Add(ShownName(pool), instance.id(), bytes);
  function_logs_.Add(FullNameOf(pool.function()), instance.id(), bytes,
                     std::chrono::system_clock::now());
}

void Platform::OnLogEnd(const FunctionPool& pool, const LiveInstance& instance) {
  live_log_->End(ShownName(pool), instance.id());
  function_logs_.End(FullNameOf(pool.function()), instance.id(), std::chrono::system_clock::now());
}

/// Where there is one function only, nobody needs its name.
std::string Platform::ShownName(const FunctionPool& pool) const {
  return functions_.pools().size() > 1 ? pool.function().name : std::string();
}

void Platform::OnInstanceGone() {
  SweepOrphans();
  SweepFunctions();
  TellIfOver();
}

/// What a rloader that was killed has left behind is ours now.
void Platform::SweepOrphans() {
  std::set<pid_t> own;
  for (const FunctionPool* const pool : functions_.All()) {
    for (const auto& instance : pool->instances()) {
      for (const pid_t pid : instance->Pids()) own.insert(pid);
    }
  }
  if (TryKillOrphans(own)) {
    TellIfOver();
  } else {
    orphan_alarm_->Set(Deadline::After(kBetweenSweeps));
  }
}

void Platform::Submit(Call call) {
  loop_->Post([this, held = std::make_shared<Call>(std::move(call))] {
    functions_.pools().front()->Submit(std::move(*held));
  });
}

void Platform::TellWhenEmpty(std::function<void()> when_over) {
  loop_->Post([this, when_over = std::move(when_over)]() mutable {
    when_over_ = std::move(when_over);
    TellIfOver();
  });
}

void Platform::Stop(std::function<void()> when_over) {
  loop_->Post([this, when_over = std::move(when_over)]() mutable {
    when_over_ = std::move(when_over);
    if (async_ != nullptr) async_->Stop();
    if (timers_ != nullptr) timers_->Stop();
    for (FunctionPool* const pool : functions_.All()) pool->Stop();
    TellIfOver();
  });
}

void Platform::TellIfOver() {
  if (!when_over_ || orphan_alarm_->IsSet()) return;
  for (const FunctionPool* const pool : functions_.All()) {
    if (!pool->IsEmpty()) return;
  }
  std::exchange(when_over_, nullptr)();
}

}  // namespace openfc::emulator
