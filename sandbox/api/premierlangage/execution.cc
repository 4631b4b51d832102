#include "sandbox/api/premierlangage/execution.h"

#include "runtime/wire/encoding.h"
#include "sandbox/api/premierlangage/python_words.h"
#include "sandbox/service/workers.h"
#include "sandbox/workspace/beneath.h"
#include "sandbox/workspace/unpack.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace openfc::sandbox {
namespace {

constexpr std::int64_t kMostResultBytes = 16LL << 20;
constexpr double kMillis = 1000;
constexpr std::chrono::seconds kRetryAfter{2};

std::chrono::milliseconds WallOf(double seconds) {
  return std::chrono::milliseconds(std::max<std::int64_t>(std::llround(seconds * kMillis), 1));
}

double SecondsSince(std::chrono::steady_clock::time_point when) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - when).count();
}

}  // namespace

http::Response TextAnswer(int status, std::string text) {
  return {.status = status,
          .headers = {{"Content-Type", "text/html; charset=utf-8"},
                      {"Content-Security-Policy", "default-src 'none'; sandbox"},
                      {"X-Content-Type-Options", "nosniff"}},
          .body = std::move(text)};
}

http::Response OverloadedAnswer() {
  return WithRetryAfter(TextAnswer(503, "Sandbox overloaded, retry after a few seconds."),
                        kRetryAfter);
}

void Execution::Start() {
  const auto cancel = [watched = weak_from_this()] {
    if (const auto self = watched.lock()) self->OnClientGone();
  };
  responder_.WhenHalfClosed(cancel);
  responder_.WhenGone(cancel);
  ground_.containers.Acquire([self = shared_from_this()](std::shared_ptr<Containers::Lease> lease) {
    self->OnContainer(std::move(lease));
  });
}

void Execution::OnContainer(std::shared_ptr<Containers::Lease> lease) {
  if (!lease) return Answer(OverloadedAnswer());
  lease_ = std::move(lease);
  ground_.ground.workers.Post([self = shared_from_this()] { self->Prepare(); });
}

void Execution::Prepare() {
  if (IsClientGone()) return LetGo();
  began_ = Clock::now();
  auto workspace = ground_.ground.executor.MakeWorkspace();
  if (!workspace) return Answer(OverloadedAnswer());
  workspace_ = *std::move(workspace);
  if (const auto refusal = FillWorkspace())
    return Answer(TextAnswer(refusal->status, refusal->text));
  uploaded_.reset();
  RunNext();
}

std::optional<Refusal> Execution::FillWorkspace() {
  if (!config_.environment && !uploaded_) return std::nullopt;
  const auto folder = Beneath::Open(workspace_->path());
  if (!folder) return Refusal{.status = 500, .text = "The environment cannot be unpacked"};
  if (config_.environment) {
    const auto stored = ground_.environments.Read(*config_.environment);
    UnpackOptions ours{.owner = workspace_->owner(), .links_out = LinksOut::kKeep};
    ours.limits.bytes = ground_.limits.disk_bytes;
    ours.limits.ratio = std::numeric_limits<std::int64_t>::max();  // Nobody else has packed it.
    if (!stored || !UnpackArchive(*stored, *folder, ours)) {
      return Refusal{.status = 500, .text = "The environment cannot be unpacked"};
    }
  }
  if (!uploaded_) return std::nullopt;
  const Status unpacked = UnpackArchive(*uploaded_, *folder,
                                        {.owner = workspace_->owner(),
                                         .on_existing = OnExisting::kReplace,
                                         .limits = {.bytes = ground_.limits.disk_bytes}});
  if (unpacked) return std::nullopt;
  if (unpacked.error().code == ErrorCode::kInvalidArgument) {
    return Refusal{.text = "The environment cannot be unpacked: " + unpacked.error().message};
  }
  return Refusal{.status = 500, .text = "The environment cannot be unpacked"};
}

void Execution::RunNext() {
  while (next_ < config_.commands.size() && !IsClientGone()) {
    const ShellCommand& command = config_.commands[next_];
    const double left = ground_.budget_seconds - used_seconds_;
    const bool is_own = command.timeout <= left;
    const double seconds = is_own ? command.timeout : left;
    const std::string text = is_own ? command.timeout_text : PythonFloat(left);
    if (seconds > 0) {
      if (Submit(command, seconds, text)) return;
      break;
    }
    if (!Take(command, TimedOutReport(command.text, text))) break;
  }
  // Packing takes its time, and so does letting the workspace go: not the executor's thread.
  ground_.ground.workers.Post([self = shared_from_this()] { self->Finish(); });
}

bool Execution::Submit(const ShellCommand& command, double seconds,
                       const std::string& seconds_text) {
  RunRequest request{.program = CommandProgram{.words = {"bash", "-c", command.text}},
                     .environment = config_.environ,
                     .limits = ground_.limits,
                     .workspace = workspace_};
  request.limits.wall = WallOf(seconds);
  std::uint64_t number = 0;
  {
    const MutexLock lock(mutex_);
    number = ++run_;
  }
  auto taken = ground_.ground.executor.Submit(
      std::move(request),
      {.on_end = [self = shared_from_this(), seconds_text, began = Clock::now()](
                     const RunOutcome& outcome) { self->OnEnd(outcome, seconds_text, began); }});
  if (taken) {
    SetHandle(number, *std::move(taken));
    return true;
  }
  (void)Take(command, UnknownFailureReport(command.text, 0));
  return false;
}

bool Execution::Take(const ShellCommand& command, CommandReport report) {
  const int code = report.exit_code;
  used_seconds_ += report.seconds;
  report_.commands.push_back(std::move(report));
  ++next_;
  if (code == 0 || (command.ignores_failure && code != kUnknownFailure)) return true;
  report_.status = code;
  return false;
}

void Execution::OnEnd(const RunOutcome& outcome, const std::string& seconds_text,
                      Clock::time_point began) {
  DropHandle();
  const ShellCommand& command = config_.commands[next_];
  if (Take(command, ReportOf(command.text, outcome, seconds_text, SecondsSince(began)))) {
    return RunNext();
  }
  ground_.ground.workers.Post([self = shared_from_this()] { self->Finish(); });
}

void Execution::Finish() {
  if (IsClientGone()) return LetGo();
  ReadResult();
  if (config_.save) Save();
  report_.total_seconds = SecondsSince(began_);
  Answer(JsonAnswer(200, RenderReport(report_)));
}

void Execution::ReadResult() {
  if (!config_.result_path) return;
  const auto folder = Beneath::Open(workspace_->path());
  const bool is_name = config_.result_path->find('\0') == std::string::npos;
  if (!folder || !is_name) {
    report_.status = kResultNotFound;
    return;
  }
  auto text = folder->ReadFile(*config_.result_path, kMostResultBytes);
  if (!text && text.error().code == ErrorCode::kInvalidArgument) {
    report_.status = kResultNotFound;
  } else if (!text) {
    report_.status = kUnknownFailure;
    report_.failure = "The result cannot be read: " + text.error().message;
  } else if (!wire::IsUtf8(*text)) {
    report_.status = kResultNotUtf8;
  } else {
    report_.result = *std::move(text);
  }
}

void Execution::Save() {
  const auto folder = Beneath::Open(workspace_->path());
  auto saved =
      folder ? ground_.environments.Save(*folder) : Expected<Environments::Saved>(folder.error());
  if (saved) {
    report_.environment = saved->uuid;
    report_.expires = saved->expires;
    return;
  }
  report_.status = kUnknownFailure;
  report_.failure = saved.error().code == ErrorCode::kInvalidArgument
                        ? "The environment cannot be saved: " + saved.error().message
                        : "The environment cannot be saved";
}

/// The container first: who reads the answer may ask again at once.
void Execution::Answer(http::Response response) {
  lease_.reset();
  std::move(responder_).Send(std::move(response));
  workspace_.reset();
}

void Execution::LetGo() {
  lease_.reset();
  workspace_.reset();
}

// Cancelled without the lock: the end may be told at once.
void Execution::OnClientGone() {
  std::shared_ptr<RunHandle> handle;
  {
    const MutexLock lock(mutex_);
    is_client_gone_ = true;
    handle = handle_;
  }
  if (handle) handle->Cancel();
}

bool Execution::IsClientGone() {
  const MutexLock lock(mutex_);
  return is_client_gone_;
}

void Execution::SetHandle(std::uint64_t number, const std::shared_ptr<RunHandle>& handle) {
  bool is_late = false;
  {
    const MutexLock lock(mutex_);
    if (number != run_) return;  // It has ended meanwhile.
    handle_ = handle;
    is_late = is_client_gone_;
  }
  if (is_late) handle->Cancel();
}

void Execution::DropHandle() {
  const MutexLock lock(mutex_);
  ++run_;
  handle_.reset();
}

}  // namespace openfc::sandbox
