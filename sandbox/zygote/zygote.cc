#include "sandbox/zygote/zygote.h"

#include "sandbox/wire/channel.h"
#include "sandbox/zygote/command_run.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

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

/// What a child says of its entry; kDone when it says nothing.
EntryReport ReadReport(int reader) {
  EntryReport report;
  ssize_t size = 0;
  while ((size = ::read(reader, &report, sizeof(report))) < 0 && errno == EINTR) {
  }
  return size == static_cast<ssize_t>(sizeof(report)) ? report : EntryReport{};
}

/// HOME and its like, with what the request adds or replaces.
std::vector<std::string> EnvironmentIn(const std::string& home,
                                       const std::vector<std::string>& wanted) {
  std::vector<std::string> all{"PATH=/usr/local/bin:/usr/bin:/bin",
                               "HOME=" + home,
                               "TMPDIR=" + home,
                               "LANG=C.UTF-8",
                               "USER=nobody",
                               "OPENBLAS_NUM_THREADS=1",
                               "OMP_NUM_THREADS=1",
                               "MPLCONFIGDIR=" + home + "/.matplotlib",
                               "MPLBACKEND=Agg"};
  for (const std::string& entry : wanted) {
    const std::string name = entry.substr(0, entry.find('=') + 1);
    std::erase_if(all, [&](const std::string& one) { return one.starts_with(name); });
    all.push_back(entry);
  }
  return all;
}

/// In a world of its own a process does not know the number that it has outside.
bool AnnouncesItself(const RunPlace& place) { return place.entry().world < 0; }

bool IsNotFound(const EntryReport& report) { return report.step == EntryStep::kExec; }

}  // namespace

Zygote::Zygote(int socket, const Premises& premises, WarmPython& python)
    : socket_(socket),
      premises_(premises),
      python_(python),
      children_(WatchChildren()),
      runs_([this](const Notice& notice) { (void)SendMessage(socket_, notice); }) {}

void Zygote::Serve() {
  MakeSpare();
  Notice ready;
  SetText(ready, python_.found());
  if (!SendMessage(socket_, ready)) return;
  while (true) {
    std::array<pollfd, 2> waited{{{socket_, POLLIN, 0}, {children_.get(), POLLIN, 0}}};
    const int count = ::poll(waited.data(), waited.size(), runs_.NextDeadline().PollTimeout());
    if (count < 0 && errno != EINTR) break;
    if (waited[1].revents != 0) Drain(children_.get());
    if (waited[0].revents != 0 && !TakeOrder()) break;
    runs_.Tend(spare_.get());
    if (!spare_) MakeSpare();
  }
  runs_.End();
}

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

void Zygote::MakeSpare() {
  auto place = RunPlace::Prepare(premises_);
  if (place) spare_ = *std::move(place);
}

std::unique_ptr<RunPlace> Zygote::TakeSpare() {
  if (!spare_) MakeSpare();
  return std::move(spare_);
}

void Zygote::StartRun(const Order& order, const std::vector<UniqueFd>& descriptors) {
  if (descriptors.size() != kDescriptorCount) return Fail(order.id, "an order without descriptors");
  auto place = TakeSpare();
  if (!place) return Fail(order.id, "no place for a run can be made");
  const auto forked = Deadline::Clock::now();
  auto started = StartIn(std::move(place), order, descriptors);
  if (!started) return Fail(order.id, started.error().message);
  if (!*started) return;  // Its end is told already.
  if (!AnnouncesItself(**started)) {
    Announcement{.socket = socket_, .run = order.id}.Make((*started)->main());
  }
  runs_.Add(order.id, order.limits, *std::move(started), forked);
}

Expected<std::unique_ptr<RunPlace>> Zygote::StartIn(std::unique_ptr<RunPlace> place,
                                                    const Order& order,
                                                    const std::vector<UniqueFd>& descriptors) {
  const auto text = ReadMemoryFile(descriptors[kPayload].get());
  if (!text) return text.error();
  auto payload = UnpackPayload(*text);
  if (!payload) return payload.error();
  const PlaceRequest request{
      .limits = order.limits,
      .may_fork = order.may_fork,
      .borrows_memory = !order.is_python,
      .user = order.user,
      .workspace = payload->workspace,
      .descriptors = {descriptors[kInput].get(), descriptors[kOutput].get(),
                      descriptors[kErrors].get(),
                      payload->harness.empty() ? -1 : descriptors[kResult].get()}};
  if (Status furnished = place->Furnish(request); !furnished) return furnished.error();
  payload->environment = EnvironmentIn(place->home(), payload->environment);
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return SystemError("cannot make a pipe", errno);
  const UniqueFd reader(ends[0]);
  UniqueFd writer(ends[1]);
  if (Status begun = place->BeginForking(); !begun) return begun.error();
  const Entry& entry = place->entry();
  const Announcement announcement{.socket = AnnouncesItself(*place) ? socket_ : -1,
                                  .run = order.id};
  const auto child = order.is_python ? python_.Fork(*payload, announcement, entry, writer.get())
                                     : SpawnCommand(*payload, announcement, entry, writer.get());
  place->EndForking(child ? *child : -1);
  if (!child) return child.error();
  writer.Reset();
  const EntryReport report = ReadReport(reader.get());
  if (report.step == EntryStep::kDone) return place;
  int status = 0;
  (void)::waitpid(*child, &status, 0);
  place->NoteReaped(*child);
  if (!IsNotFound(report)) {
    return SystemError("step '" + std::string(NameOf(report.step)) + "' of a run's entry failed",
                       report.error_number);
  }
  place.reset();
  TellNotFound(order, descriptors[kErrors].get(), report, payload->arguments[0]);
  return std::unique_ptr<RunPlace>();
}

/// As a shell says it: 127 for what is not there, 126 for what cannot be executed.
void Zygote::TellNotFound(const Order& order, int errors, const EntryReport& report,
                          const std::string& program) const {
  const bool is_missing = report.error_number == ENOENT;
  const std::string words = SystemError(program, report.error_number).message + "\n";
  (void)!::write(errors, words.data(), words.size());
  Notice notice;
  notice.kind = NoticeKind::kEnded;
  notice.id = order.id;
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
