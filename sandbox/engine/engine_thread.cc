#include "sandbox/engine/engine_thread.h"

#include "sandbox/wire/channel.h"

#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <utility>

namespace openfc::sandbox {
namespace {

constexpr int kMaxDeathsBeforeReady = 3;
constexpr std::chrono::seconds kEndingPatience{5};
constexpr std::chrono::milliseconds kZygoteMayBeLate{100};

Notice FailureNotice(std::string_view why) {
  Notice notice;
  notice.kind = NoticeKind::kEnded;
  notice.end = RunEnd::kFailed;
  SetText(notice, why);
  return notice;
}

Notice CancelNotice() {
  Notice notice;
  notice.kind = NoticeKind::kEnded;
  notice.end = RunEnd::kCancelled;
  return notice;
}

std::vector<std::string> SplitAtCommas(const std::string& text) {
  std::vector<std::string> parts;
  std::size_t begin = 0;
  while (begin < text.size()) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

}  // namespace

EngineThread::EngineThread(const EngineOptions& options, std::shared_ptr<UserPool> users,
                           std::shared_ptr<EngineMail> mail)
    : options_(options), users_(std::move(users)), mail_(std::move(mail)) {
  std::vector<Libraries> kinds{Libraries::kLean};
  if (options_.has_data) kinds.push_back(Libraries::kData);
  for (const Libraries kind : kinds) {
    zygotes_.push_back(std::make_unique<Zygote>());
    zygotes_.back()->libraries = kind;
    StartZygote(*zygotes_.back());
  }
  thread_ = std::jthread([this](const std::stop_token& stop) { Run(stop); });
}

EngineThread::~EngineThread() {
  mail_->Close();
  thread_.request_stop();
  mail_->Wake();
}

EngineThread::Known& EngineThread::KnownOf(Libraries libraries) {
  return known_.at(libraries == Libraries::kData ? 1 : 0);
}

Status EngineThread::AwaitWarm(Deadline deadline) {
  const MutexLock lock(mutex_);
  const std::size_t count = options_.has_data ? 2 : 1;
  while (true) {
    bool are_ready = true;
    for (std::size_t i = 0; i < count; ++i) {
      const Known& known = known_.at(i);
      if (!known.failure.empty()) return Error{ErrorCode::kSystem, known.failure};
      are_ready = are_ready && known.is_ready;
    }
    if (are_ready) return Ok();
    if (!changed_.WaitUntil(mutex_, deadline.when())) {
      return Error{ErrorCode::kSystem, "an interpreter does not get warm"};
    }
  }
}

std::vector<std::string> EngineThread::FoundLibraries(Libraries libraries) const {
  const MutexLock lock(mutex_);
  return SplitAtCommas(known_.at(libraries == Libraries::kData ? 1 : 0).libraries);
}

std::vector<pid_t> EngineThread::ZygotePids() const {
  const MutexLock lock(mutex_);
  std::vector<pid_t> pids;
  for (const Known& known : known_) {
    if (known.pid > 0) pids.push_back(known.pid);
  }
  return pids;
}

void EngineThread::StartZygote(Zygote& zygote) {
  auto process = ZygoteProcess::Start({.program = options_.zygote_program,
                                       .libraries = zygote.libraries,
                                       .profile = options_.isolation.profile,
                                       .state = options_.state});
  zygote.is_ready = false;
  const std::string failure = process ? "" : process.error().message;
  zygote.process = process ? *std::move(process) : nullptr;
  const MutexLock lock(mutex_);
  Known& known = KnownOf(zygote.libraries);
  known.is_ready = false;
  known.pid = zygote.process ? zygote.process->pid() : -1;
  known.failure = failure;
  changed_.NotifyAll();
}

EngineThread::Zygote& EngineThread::ZygoteFor(Libraries libraries) {
  for (const auto& zygote : zygotes_) {
    if (zygote->libraries == libraries) return *zygote;
  }
  return *zygotes_.front();  // Without data libraries, code that imports them is told so.
}

void EngineThread::Run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    TakeLetters();
    StartWaiting();
    Wait(NextOverdue());
    KillOverdue();
  }
  EndAll();
}

void EngineThread::Wait(Deadline until) {
  std::vector<pollfd> waited{{mail_->fd(), POLLIN, 0}};
  for (const auto& zygote : zygotes_) {
    waited.push_back({zygote->process ? zygote->process->socket() : -1, POLLIN, 0});
  }
  const std::size_t first_pipe = waited.size();
  std::vector<Job*> owners;
  for (const auto& [id, running] : running_) {
    for (const int pipe : running.job->OpenPipes()) {
      waited.push_back({pipe, POLLIN, 0});
      owners.push_back(running.job.get());
    }
  }
  if (::poll(waited.data(), waited.size(), until.PollTimeout()) < 0) return;
  // Pipes before ends: jobs that end go away.
  Job* last = nullptr;
  for (std::size_t i = first_pipe; i < waited.size(); ++i) {
    Job* const owner = owners[i - first_pipe];
    if (waited[i].revents != 0 && owner != last) owner->ReadPipes();
    if (waited[i].revents != 0) last = owner;
  }
  for (std::size_t i = 0; i < zygotes_.size(); ++i) {
    if (waited[i + 1].revents != 0) HearZygote(*zygotes_[i]);
  }
}

void EngineThread::TakeLetters() {
  auto letters = mail_->Take();
  for (auto& job : letters.jobs) waiting_.push_back(std::move(job));
  for (const std::uint64_t id : letters.cancelled) Cancel(id);
}

void EngineThread::StartWaiting() {
  while (!waiting_.empty() && running_.size() < options_.run_capacity) {
    auto job = std::move(waiting_.front());
    waiting_.pop_front();
    mail_->NoteStarted();
    StartJob(std::move(job));
  }
}

void EngineThread::StartJob(std::unique_ptr<Job> job) {
  const std::uint64_t id = job->id();
  Zygote& zygote = ZygoteFor(job->libraries());
  Running& running = running_[id];
  running = {.job = std::move(job), .zygote = &zygote, .lent = {}, .main = {}, .overdue = {}};
  uid_t user = 0;
  if (options_.user_count > 0 && running.job->request().workspace) {
    user = running.job->request().workspace->owner();
  } else if (running.lent = users_->Take(); running.lent) {
    user = *running.lent;
  } else {
    return EndJob(id, FailureNotice("no user is left for a run"));
  }
  if (!zygote.process) StartZygote(zygote);
  if (!zygote.process) return EndJob(id, FailureNotice("an interpreter cannot be started"));
  auto departure = running.job->Depart(user);
  if (!departure) return EndJob(id, FailureNotice(departure.error().message));
  std::vector<int> numbers;
  for (const UniqueFd& fd : departure->descriptors) numbers.push_back(fd.get());
  const Status sent = SendMessage(zygote.process->socket(), departure->order, numbers);
  // A zygote that has died is heard of by its socket, with all that was sent to it.
  if (!sent && errno != EPIPE && errno != ECONNRESET) {
    EndJob(id, FailureNotice(sent.error().message));
  }
}

void EngineThread::Cancel(std::uint64_t id) {
  const auto waiting = std::find_if(waiting_.begin(), waiting_.end(),
                                    [id](const auto& job) { return job->id() == id; });
  if (waiting != waiting_.end()) {
    const auto job = std::move(*waiting);
    waiting_.erase(waiting);
    mail_->NoteEnded(false);
    job->Finish(CancelNotice());
    return;
  }
  const auto found = running_.find(id);
  if (found == running_.end() || !found->second.zygote->process) return;
  Order order;
  order.kind = OrderKind::kKill;
  order.id = id;
  (void)SendMessage(found->second.zygote->process->socket(), order);
}

void EngineThread::HearZygote(Zygote& zygote) {
  Notice notice;
  if (const auto received = ReceiveMessage(zygote.process->socket(), notice); received) {
    TakeNotice(zygote, notice);
  } else {
    Bury(zygote);
  }
}

void EngineThread::TakeNotice(Zygote& zygote, const Notice& notice) {
  switch (notice.kind) {
    case NoticeKind::kReady: {
      zygote.is_ready = true;
      zygote.deaths_before_ready = 0;
      const MutexLock lock(mutex_);
      KnownOf(zygote.libraries).is_ready = true;
      KnownOf(zygote.libraries).libraries = notice.text.data();
      changed_.NotifyAll();
      return;
    }
    case NoticeKind::kStarted:
      if (const auto found = running_.find(notice.id); found != running_.end()) {
        NoteStarted(found->second, notice.main);
      }
      return;
    case NoticeKind::kEnded:
      EndJob(notice.id, notice);
      return;
  }
}

void EngineThread::NoteStarted(Running& running, pid_t main) {
  running.job->SetMain(main);
  running.main = UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, main, 0)));
  running.overdue = Deadline::After(running.job->request().limits.wall + kZygoteMayBeLate);
}

Deadline EngineThread::NextOverdue() const {
  Deadline next;
  for (const auto& [id, running] : running_) next = std::min(next, running.overdue);
  return next;
}

/// A zygote that looks into a run's processes waits for the kernel, which waits for them: those of
/// a hostile run make it late, for all its runs. It still tells the verdict.
void EngineThread::KillOverdue() {
  for (auto& [id, running] : running_) {
    if (!running.overdue.HasPassed()) continue;
    running.overdue = Deadline::Never();
    const bool is_there = ::syscall(SYS_pidfd_send_signal, running.main.get(), 0, nullptr, 0) == 0;
    if (is_there) ::kill(-running.job->main(), SIGKILL);
  }
}

void EngineThread::EndJob(std::uint64_t id, const Notice& verdict) {
  const auto found = running_.find(id);
  if (found == running_.end()) return;
  const Running ended = std::move(found->second);
  running_.erase(found);
  if (ended.lent) users_->GiveBack(*ended.lent);
  mail_->NoteEnded(true);
  ended.job->Finish(verdict);
}

/// Its children die with it; what they had started is killed here, where no namespace does it.
void EngineThread::Bury(Zygote& zygote) {
  zygote.process.reset();
  std::vector<std::uint64_t> lost;
  for (const auto& [id, running] : running_) {
    if (running.zygote != &zygote) continue;
    lost.push_back(id);
    if (running.job->main() > 0) ::kill(-running.job->main(), SIGKILL);
  }
  for (const std::uint64_t id : lost) {
    EndJob(id, FailureNotice("the interpreter that it was forked from was killed"));
  }
  if (!zygote.is_ready && ++zygote.deaths_before_ready >= kMaxDeathsBeforeReady) {
    // The next run tries again.
    const MutexLock lock(mutex_);
    KnownOf(zygote.libraries).pid = -1;
    KnownOf(zygote.libraries).failure =
        "fcsandbox-zygote ended before it was ready; it has said why";
    changed_.NotifyAll();
    return;
  }
  StartZygote(zygote);
}

void EngineThread::EndAll() {
  TakeLetters();
  for (auto& job : std::exchange(waiting_, {})) {
    mail_->NoteEnded(false);
    job->Finish(CancelNotice());
  }
  for (const auto& [id, running] : running_) Cancel(id);
  const Deadline deadline = Deadline::After(kEndingPatience);
  while (!running_.empty() && !deadline.HasPassed()) {
    Wait(deadline);
    (void)mail_->Take();
  }
  while (!running_.empty()) EndJob(running_.begin()->first, CancelNotice());
  zygotes_.clear();
}

}  // namespace openfc::sandbox
