#include "sandbox/isolation/prober.h"

#include "runtime/base/deadline.h"
#include "runtime/base/unique_fd.h"
#include "runtime/process/process_tree.h"
#include "sandbox/isolation/run_place.h"
#include "sandbox/isolation/trials.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <utility>

namespace openfc::sandbox {
namespace {

constexpr std::chrono::seconds kPatience{3};
constexpr int kWatchMilliseconds = 20;

/// The process that trials reach for, and the sockets that it serves.
class Victim {
 public:
  Victim()
      : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)),
        datagrams_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)),
        abstract_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    auto* plain = reinterpret_cast<sockaddr*>(&address);
    is_bound_ = ::bind(listener_.get(), plain, size) == 0 &&
                ::getsockname(listener_.get(), plain, &size) == 0 &&
                ::bind(datagrams_.get(), plain, size) == 0 && ::listen(listener_.get(), 64) == 0;
    port_ = ntohs(address.sin_port);
    BindAbstract();
    pid_ = ::fork();
    if (pid_ == 0) Serve();
  }
  ~Victim() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  Victim(const Victim&) = delete;
  Victim& operator=(const Victim&) = delete;

  pid_t pid() const { return pid_; }
  std::uint16_t port() const { return is_bound_ ? port_ : 0; }
  const std::string& abstract_name() const { return abstract_name_; }

 private:
  void BindAbstract() {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::copy(abstract_name_.begin(), abstract_name_.end(), address.sun_path + 1);
    const auto size = offsetof(sockaddr_un, sun_path) + 1 + abstract_name_.size();
    (void)::bind(abstract_.get(), reinterpret_cast<sockaddr*>(&address),
                 static_cast<socklen_t>(size));
    (void)::listen(abstract_.get(), 64);
  }

  /// As the server is: not dumpable. It echoes datagrams; connections wait in their queues.
  [[noreturn]] void Serve() {
    (void)::prctl(PR_SET_PDEATHSIG, SIGKILL);
    (void)::prctl(PR_SET_DUMPABLE, 0);
    while (true) {
      char byte = 0;
      sockaddr_in from{};
      socklen_t size = sizeof(from);
      auto* plain = reinterpret_cast<sockaddr*>(&from);
      if (::recvfrom(datagrams_.get(), &byte, 1, 0, plain, &size) == 1) {
        (void)!::sendto(datagrams_.get(), &byte, 1, 0, plain, size);
      }
    }
  }

  UniqueFd listener_;
  UniqueFd datagrams_;
  UniqueFd abstract_;
  std::string abstract_name_ = "openfc-probe-" + std::to_string(::getpid());
  bool is_bound_ = false;
  std::uint16_t port_ = 0;
  pid_t pid_ = -1;
};

std::string Finding(Property property, std::string_view what) {
  return NumberOf(property) + " " + std::string(what) + "\n";
}

bool MakeFile(const std::string& path) {
  const UniqueFd file(::open(path.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0666));
  return file.is_open() && ::fchmod(file.get(), 0666) == 0;
}

/// One run of a function of ours behind the walls, to its end.
class ProbeRun {
 public:
  ProbeRun(const Premises& premises, uid_t user) : premises_(premises), user_(user) {}

  /// `inside` gets a descriptor to write findings to. What it wrote, or a finding of `property`
  /// when it could not be run.
  std::string Run(Property property, const Limits& limits,
                  const std::function<void(int findings)>& inside) {
    auto place = RunPlace::Prepare(premises_);
    if (!place) return Finding(property, "no run (" + place.error().message + ")");
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return Finding(property, "no pipe");
    UniqueFd reader(ends[0]);
    UniqueFd writer(ends[1]);
    const PlaceRequest request{.limits = limits,
                               .may_fork = true,
                               .borrows_memory = false,
                               .user = user_,
                               .workspace = {},
                               .descriptors = {-1, writer.get(), -1, -1}};
    if (const Status furnished = (*place)->Furnish(request); !furnished) {
      return Finding(property, "no run (" + furnished.error().message + ")");
    }
    if (const Status begun = (*place)->BeginForking(); !begun) {
      return Finding(property, "no run (" + begun.error().message + ")");
    }
    const pid_t child = ::fork();
    if (child == 0) Enter(**place, property, writer.get(), inside);
    (*place)->EndForking(child);
    writer.Reset();
    return Attend(**place, property, limits, reader.get());
  }

  bool was_killed_by_watch() const { return was_killed_; }

 private:
  [[noreturn]] static void Enter(const RunPlace& place, Property property, int report,
                                 const std::function<void(int)>& inside) {
    const EntryReport entered = EnterWalls(place.entry(), report);
    if (entered.step != EntryStep::kDone) {
      const std::string text = Finding(
          property,
          "no run (" +
              SystemError("step '" + std::string(NameOf(entered.step)) + "'", entered.error_number)
                  .message +
              ")");
      (void)!::write(report, text.data(), text.size());
      ::_exit(1);
    }
    inside(STDOUT_FILENO);
    ::_exit(0);
  }

  /// Reads until the main process ends, keeps watch meanwhile, then kills what is left and sees to
  /// it that nothing is.
  std::string Attend(RunPlace& place, Property property, const Limits& limits, int reader) {
    std::string findings;
    const Deadline deadline = Deadline::After(kPatience);
    bool has_ended = false;
    while (!has_ended && !deadline.HasPassed()) {
      pollfd waited{reader, POLLIN, 0};
      (void)::poll(&waited, 1, kWatchMilliseconds);
      if ((waited.revents & POLLIN) != 0) findings += ReadSome(reader);
      if (place.NeedsWatch()) Watch(place, limits);
      has_ended = HasEnded(place.main());
    }
    place.Kill();
    findings += Reap(place, property);
    findings += ReadRest(reader, property);
    if (!has_ended) findings += Finding(property, "a run that used too much went on");
    return findings;
  }

  void Watch(RunPlace& place, const Limits& limits) {
    const Use use = place.Measure();
    if (use.memory_bytes <= limits.memory_bytes && use.disk_bytes <= limits.disk_bytes) return;
    was_killed_ = true;
    place.Kill();
  }

  static bool HasEnded(pid_t child) {
    siginfo_t info{};
    return ::waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
           info.si_pid == child;
  }

  static std::string Reap(RunPlace& place, Property property) {
    const Deadline deadline = Deadline::After(kPatience);
    while (!place.IsEmpty()) {
      const pid_t reaped = ::waitpid(-1, nullptr, WNOHANG);
      if (reaped > 0) {
        place.NoteReaped(reaped);
      } else if (deadline.HasPassed()) {
        return Finding(property, "a process outlived its run");
      } else {
        (void)::poll(nullptr, 0, 1);
      }
    }
    return "";
  }

  static std::string ReadSome(int reader) {
    std::array<char, 4096> part{};
    const ssize_t size = ::read(reader, part.data(), part.size());
    return size > 0 ? std::string(part.data(), static_cast<std::size_t>(size)) : "";
  }

  /// The pipe ends when nobody holds it any more.
  static std::string ReadRest(int reader, Property property) {
    std::string rest;
    const Deadline deadline = Deadline::After(kPatience);
    pollfd waited{reader, POLLIN, 0};
    while (::poll(&waited, 1, deadline.PollTimeout()) > 0) {
      const std::string part = ReadSome(reader);
      if (part.empty()) return rest;
      rest += part;
    }
    return rest + Finding(property, "a process kept its output after the end");
  }

  const Premises& premises_;
  const uid_t user_;
  bool was_killed_ = false;
};

void Tell(int fd, const std::string& text) { (void)!::write(fd, text.data(), text.size()); }

void TryAll(const TrialTargets& targets, int findings) {
  for (const Trial& trial : AllTrials()) {
    if (trial.succeeds(targets)) Tell(findings, Finding(trial.property, trial.name));
  }
}

/// The same without walls, by a child that ends afterwards: a trial that fails anyway shows
/// nothing.
std::string TryWithoutWalls(const TrialTargets& targets) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return "";
  const UniqueFd reader(ends[0]);
  UniqueFd writer(ends[1]);
  const pid_t child = ::fork();
  if (child == 0) {
    for (const Trial& trial : AllTrials()) {
      if (trial.succeeds_without_walls && !trial.succeeds(targets)) {
        Tell(writer.get(), Finding(trial.property, "(not to be told: it fails without walls) " +
                                                       std::string(trial.name)));
      }
    }
    ::_exit(0);
  }
  writer.Reset();
  std::string all;
  std::array<char, 4096> part{};
  ssize_t size = 0;
  while ((size = ::read(reader.get(), part.data(), part.size())) > 0) {
    all.append(part.data(), static_cast<std::size_t>(size));
  }
  ::waitpid(child, nullptr, 0);
  return all;
}

[[noreturn]] void PauseForever() {
  while (true) ::pause();
}

/// Touches `bytes`; a child and itself by halves, since it is the sum that counts.
void UseMemory(std::size_t bytes) {
  (void)!::fork();
  void* memory =
      ::mmap(nullptr, bytes / 2, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return;
  for (std::size_t i = 0; i < bytes / 2; i += 4096) static_cast<volatile char*>(memory)[i] = 1;
  PauseForever();
}

void UseDisk(std::int64_t bytes, std::int64_t file_bytes) {
  const std::string block(1U << 16, 'x');
  for (std::int64_t written = 0, file = 0; written < bytes; ++file) {
    const UniqueFd target(
        ::open(("f" + std::to_string(file)).c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
    for (std::int64_t in_file = 0; in_file < file_bytes; in_file += std::ssize(block)) {
      if (::write(target.get(), block.data(), block.size()) != std::ssize(block)) return;
      written += std::ssize(block);
    }
  }
  PauseForever();
}

/// Forks until it is refused; says so when that does not happen.
void UseProcesses(int findings, std::int64_t limit) {
  for (std::int64_t i = 0; i < 2 * limit; ++i) {
    const pid_t child = ::fork();
    if (child < 0) return;
    if (child == 0) PauseForever();
  }
  Tell(findings, Finding(Property::kProcesses, "more processes than are allowed"));
}

/// Orphans, each in its own session, that ignore what can be ignored.
void LeaveProcesses() {
  for (int i = 0; i < 8; ++i) {
    if (::fork() != 0) continue;
    (void)::setsid();
    (void)::signal(SIGTERM, SIG_IGN);
    (void)::signal(SIGHUP, SIG_IGN);
    if (::fork() != 0) ::_exit(0);
    (void)::setsid();
    PauseForever();
  }
}

}  // namespace

std::string Probe(const Plan& plan, const std::string& folder) {
  (void)::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  (void)::prctl(PR_SET_PDEATHSIG, SIGKILL);
  (void)::prctl(PR_SET_DUMPABLE, 0);
  (void)::chmod(folder.c_str(), 0711);
  const Victim victim;
  const std::string shared = folder + "/shared";
  const auto runs = MakeRunsFolder(folder);
  if (!runs) return Finding(Property::kFiles, runs.error().message);
  TrialTargets targets{.file = shared + "/file",
                       .folder = shared,
                       .other_run = *runs + "/other/file",
                       .victim = victim.pid(),
                       .port = victim.port(),
                       .abstract_name = victim.abstract_name()};
  (void)::mkdir(shared.c_str(), 0777);
  (void)::chmod(shared.c_str(), 0777);
  (void)::mkdir((*runs + "/other").c_str(), 0700);
  if (!MakeFile(targets.file) || !MakeFile(targets.other_run)) {
    return Finding(Property::kFiles, "no files to try on could be made");
  }
  const Premises premises{.plan = &plan, .runs_folder = *runs, .read_paths = {}};
  std::string findings = TryWithoutWalls(targets);
  const auto run = [&](Property property, const Limits& limits,
                       const std::function<void(int)>& inside) {
    findings += ProbeRun(premises, kFirstUser).Run(property, limits, inside);
  };
  run(Property::kFiles, Limits{}, [&](int out) { TryAll(targets, out); });
  run(Property::kTreeKill, Limits{}, [](int /*out*/) { LeaveProcesses(); });
  Limits few;
  few.processes = 16;
  few.memory_bytes = 16LL << 30;  // It is their number that must be the end of them.
  run(Property::kProcesses, few, [&](int out) { UseProcesses(out, 1024); });
  Limits small;
  small.memory_bytes = 32LL << 20;
  run(Property::kMemory, small, [](int /*out*/) { UseMemory(128U << 20); });
  Limits little;
  little.disk_bytes = 4LL << 20;
  little.file_bytes = 2LL << 20;
  run(Property::kDisk, little, [](int /*out*/) { UseDisk(16LL << 20, 2LL << 20); });
  // What got away from walls that do not hold does not outlive the trials.
  const Deadline deadline = Deadline::After(kPatience);
  while (!TryKillOrphans({victim.pid()}) && !deadline.HasPassed()) (void)::poll(nullptr, 0, 1);
  return findings;
}

}  // namespace openfc::sandbox
