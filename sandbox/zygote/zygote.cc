#include "sandbox/zygote/zygote.h"

#include "sandbox/wire/channel.h"
#include "sandbox/zygote/command_run.h"
#include "sandbox/zygote/environment.h"

#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace openfc::sandbox {
namespace {

UniqueFd WatchChildren() {
  sigset_t watched{};
  ::sigemptyset(&watched);
  ::sigaddset(&watched, SIGCHLD);
  ::sigprocmask(SIG_BLOCK, &watched, nullptr);
  return UniqueFd(::signalfd(-1, &watched, SFD_CLOEXEC | SFD_NONBLOCK));
}

void Drain(int signals) {
  std::array<signalfd_siginfo, 8> heard{};
  while (::read(signals, heard.data(), sizeof(heard)) > 0) {
  }
}

/// In a world of its own a process does not know the number that it has outside.
bool AnnouncesItself(const RunPlace& place) { return place.entry().world < 0; }

PlaceRequest RequestFor(const Order& order, const RunPayload& payload,
                        const std::vector<UniqueFd>& descriptors) {
  return {.limits = order.limits,
          .may_fork = order.may_fork,
          .borrows_memory = !order.is_python,
          .user = order.user,
          .workspace = payload.workspace,
          .descriptors = {descriptors[kInput].get(), descriptors[kOutput].get(),
                          descriptors[kErrors].get(),
                          payload.harness.empty() ? -1 : descriptors[kResult].get()}};
}

}  // namespace

Zygote::Zygote(int socket, const Premises& premises, const Looker& looker, WarmPython& python)
    : socket_(socket),
      premises_(premises),
      python_(python),
      children_(WatchChildren()),
      runs_(looker, [this](const Notice& notice) { (void)SendMessage(socket_, notice); }) {}

void Zygote::Serve() {
  (void)MakeSpare();
  timing_.NoteEvent(Deadline::Clock::now());
  Notice ready;
  SetText(ready, python_.found());
  if (!SendMessage(socket_, ready)) return;
  while (true) {
    std::array<pollfd, 3> waited{
        {{socket_, POLLIN, 0}, {children_.get(), POLLIN, 0}, {runs_.look_fd(), POLLIN, 0}}};
    const Deadline next = std::min(runs_.NextDeadline(), WhenToMakeSpare());
    const int count = ::poll(waited.data(), waited.size(), next.PollTimeout());
    if (count < 0 && errno != EINTR) break;
    if (waited[1].revents != 0) Drain(children_.get());
    if (waited[2].revents != 0) runs_.TakeLook();
    if (waited[0].revents != 0 && !TakeOrder()) break;
    runs_.Tend([this](pid_t child) { NoteReaped(child); });
    if (WhenToMakeSpare().HasPassed()) (void)MakeSpare();
  }
  spares_.clear();
  runs_.End();
}

Deadline Zygote::WhenToMakeSpare() const { return timing_.Next(spares_.size(), !runs_.is_empty()); }

bool Zygote::TakeOrder() {
  Order order;
  auto descriptors = ReceiveMessage(socket_, order);
  if (!descriptors) return false;
  if (order.kind == OrderKind::kKill) {
    runs_.Cancel(order.id);
  } else {
    StartRun(order, *descriptors);
  }
  return true;
}

bool Zygote::MakeSpare() {
  auto place = RunPlace::Prepare(premises_);
  if (!place) {
    timing_.NoteFailure(Deadline::Clock::now());
    return false;
  }
  auto spare = std::make_unique<Spare>();
  spare->place = *std::move(place);
  // What came last comes next: a command has no use for a child of the interpreter.
  if (was_python_) (void)ForkInto(*spare);
  spares_.insert(spares_.begin(), std::move(spare));
  return true;
}

Status Zygote::ForkInto(Spare& spare) {
  if (Status begun = spare.place->BeginForking(); !begun) return begun.error();
  const Entry& entry = spare.place->entry();
  auto child = python_.ForkWaiting({AnnouncementIn(*spare.place, 0).socket, entry.world,
                                    entry.landlock, entry.cgroups[0], entry.cgroups[1]});
  spare.place->EndForking(child ? (*child)->pid() : -1);
  if (!child) return child.error();
  spare.child = *std::move(child);
  return Ok();
}

std::unique_ptr<Zygote::Spare> Zygote::TakeSpare() {
  if (spares_.empty() && !MakeSpare()) return nullptr;
  auto spare = std::move(spares_.back());
  spares_.pop_back();
  return spare;
}

/// A spare that has lost a process is none. One whose world cannot be built ends like that.
void Zygote::NoteReaped(pid_t child) {
  const auto now = Deadline::Clock::now();
  timing_.NoteEvent(now);
  const auto lost = std::erase_if(spares_, [child](const auto& spare) {
    spare->place->NoteReaped(child);
    const bool was_child = spare->child && spare->child->pid() == child;
    if (was_child) spare->child->SetReaped();
    return was_child || spare->place->init() == child;
  });
  if (lost > 0) timing_.NoteFailure(now);
}

void Zygote::StartRun(const Order& order, const std::vector<UniqueFd>& descriptors) {
  if (descriptors.size() != kDescriptorCount) return Fail(order.id, "an order without descriptors");
  was_python_ = order.is_python;
  timing_.NoteEvent(Deadline::Clock::now());
  auto spare = TakeSpare();
  const auto begun = Deadline::Clock::now();
  const auto payload = ReadPayload(descriptors[kPayload].get());
  if (!payload) return Fail(order.id, payload.error().message);
  auto entered = Enter(spare.get(), order, *payload, descriptors);
  if (!entered) {
    // What was ready may have lost a process that nobody has reaped yet.
    spares_.clear();
    spare = TakeSpare();
    entered = Enter(spare.get(), order, *payload, descriptors);
  }
  if (!entered) return Fail(order.id, entered.error().message);
  if (entered->report.step != EntryStep::kDone) {
    spare.reset();
    return TellRefused(order.id, entered->report, *payload, descriptors[kErrors].get());
  }
  if (!AnnouncesItself(*spare->place)) {
    Announcement{.socket = socket_, .run = order.id}.Make(spare->place->main());
  }
  runs_.Add({.id = order.id,
             .limits = order.limits,
             .begun = begun,
             .processor_before = entered->processor_before},
            std::move(spare->place));
  if (order.rehearses_harness) python_.Learn(payload->harness);
}

Announcement Zygote::AnnouncementIn(const RunPlace& place, std::uint64_t run) const {
  return {.socket = AnnouncesItself(place) ? socket_ : -1, .run = run};
}

/// Has the run's first process in its place, or tells that its program cannot be executed; that
/// process is gone then. No code of the run has run when it has failed.
Expected<Entered> Zygote::Enter(Spare* spare, const Order& order, const RunPayload& payload,
                                const std::vector<UniqueFd>& descriptors) {
  if (spare == nullptr) return Error{ErrorCode::kSystem, "no place for a run can be made"};
  const Status furnished = spare->place->Furnish(RequestFor(order, payload, descriptors));
  if (!furnished) return furnished.error();
  auto entered = order.is_python ? EnterPython(*spare, order.id, descriptors[kPayload].get())
                                 : EnterCommand(*spare, order.id, payload);
  if (!entered || entered->report.step == EntryStep::kDone) return entered;
  (void)::waitpid(entered->pid, nullptr, 0);
  spare->place->NoteReaped(entered->pid);
  if (entered->report.step == EntryStep::kExec) return entered;
  const std::string step(NameOf(entered->report.step));
  return SystemError("step '" + step + "' of a run's entry failed", entered->report.error_number);
}

Expected<Entered> Zygote::EnterPython(Spare& spare, std::uint64_t run, int payload) {
  if (!spare.child) {
    if (Status forked = ForkInto(spare); !forked) return forked.error();
  }
  return spare.child->Become(
      {.announcement = AnnouncementIn(*spare.place, run), .entry = spare.place->entry()}, payload);
}

Expected<Entered> Zygote::EnterCommand(Spare& spare, std::uint64_t run, RunPayload payload) {
  spare.child.reset();
  RunPlace& place = *spare.place;
  payload.environment = EnvironmentIn(place.home(), payload.environment);
  if (Status begun = place.BeginForking(); !begun) return begun.error();
  auto entered = SpawnCommand(payload, AnnouncementIn(place, run), place.entry());
  place.EndForking(entered ? entered->pid : -1);
  return entered;
}

/// What is no program is told as a shell does: 127 for what is not there, 126 for what cannot be
/// executed.
void Zygote::TellRefused(std::uint64_t id, const EntryReport& report, const RunPayload& payload,
                         int errors) const {
  const bool is_missing = report.error_number == ENOENT;
  const std::string words = SystemError(payload.arguments[0], report.error_number).message + "\n";
  (void)!::write(errors, words.data(), words.size());
  Notice notice;
  notice.kind = NoticeKind::kEnded;
  notice.id = id;
  notice.end = RunEnd::kExited;
  notice.exit_code = is_missing ? 127 : 126;
  (void)SendMessage(socket_, notice);
}

void Zygote::Fail(std::uint64_t id, std::string_view why) const {
  Notice notice;
  notice.kind = NoticeKind::kEnded;
  notice.id = id;
  SetText(notice, why);
  (void)SendMessage(socket_, notice);
}

}  // namespace openfc::sandbox
