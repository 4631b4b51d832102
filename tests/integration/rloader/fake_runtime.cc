// A runtime that does what a test tells it to, in steps: see Steps() for the words. FAKE_SCRIPT
// holds a script for each start, `step step ...; step ...`, the last one for all starts that
// follow; FAKE_STARTS names the file in which starts are counted; FAKE_STACKS is what it has for
// stacks, where @ID@ stands for the thread in which that invocation runs.

#include "runtime/page/shared_page.h"
#include "runtime/page/signals.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <future>
#include <iomanip>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace openfc::testing {
namespace {

std::unique_ptr<SharedPage> page;
std::map<std::string, std::size_t> rows;
std::map<std::string, pthread_t> threads;  // Of the invocations that run.
std::string stacks;                        // To be told.
int stacks_fd = -1;

/// What the next invocations come with.
Deadline deadline;
std::int64_t timeout_s = 0;

/// In one piece, so that who reads a part reads the line.
void Say(const std::string& text) {
  const std::string line = text + "\n";
  if (::write(STDOUT_FILENO, line.data(), line.size()) < 0) std::abort();
}

void Receive(const std::string& id, std::uint32_t type) {
  const auto row = page->Receive(id, type, deadline, timeout_s);
  if (!row) std::abort();
  rows[id] = *row;
}

void Run(const std::string& id) {
  threads[id] = ::pthread_self();
  page->MarkRunning(rows.at(id));
}

/// In a thread of its own, which then waits for ever.
void RunInThread(const std::string& id) {
  std::promise<void> is_running;
  std::thread([&] {
    Run(id);
    is_running.set_value();
    while (true) ::pause();
  }).detach();
  is_running.get_future().wait();
}

std::string Hexadecimal(pthread_t thread) {
  std::ostringstream text;
  text << std::hex << std::setw(16) << std::setfill('0') << thread;
  return text.str();
}

void TellStacks() {
  stacks = std::getenv("FAKE_STACKS");
  for (const auto& [id, thread] : threads) {
    const std::string name = "@" + id + "@";
    for (auto at = stacks.find(name); at != std::string::npos; at = stacks.find(name)) {
      stacks.replace(at, name.size(), Hexadecimal(thread));
    }
  }
  if (::write(stacks_fd, stacks.data(), stacks.size()) < 0) std::abort();
}

/// Understands the request for stacks from here on.
void ListenForStacks(void (*handler)(int)) {
  ::signal(StacksSignal(), handler);
  page->MarkTellsStacks();
}

/// What user code may do to the timer: it fires without end.
void RuinTimer() {
  const itimerspec without_end{.it_interval = {0, 1}, .it_value = {0, 1}};
  ::timerfd_settime(std::atoi(std::getenv("OPENFC_TIMER_FD")), 0, &without_end, nullptr);
}

/// Blocks: a signal in question is waited for, and does nothing of its own.
sigset_t Blocked(std::initializer_list<int> signals) {
  sigset_t set;
  ::sigemptyset(&set);
  for (const int signal : signals) ::sigaddset(&set, signal);
  ::sigprocmask(SIG_BLOCK, &set, nullptr);
  return set;
}

void AwaitDrain() {
  const sigset_t set = Blocked({DrainSignal()});
  Say("ready");
  int signal = 0;
  ::sigwait(&set, &signal);
  Say(page->IsDraining() ? "draining" : "woken for nothing");
}

[[noreturn]] void TellSignals() {
  const sigset_t set = Blocked({SIGHUP, SIGUSR1, SIGUSR2, SIGWINCH, SIGCONT, SIGTERM, SIGINT});
  Say("ready");
  while (true) {
    int signal = 0;
    ::sigwait(&set, &signal);
    Say(std::string("got ") + ::sigabbrev_np(signal));
  }
}

void IgnoreStops() {
  for (const int signal : {SIGTERM, SIGINT, DrainSignal()}) ::signal(signal, SIG_IGN);
}

/// A process that fled: a session of its own, nobody's child, deaf. It is told of once nothing but
/// it is left of the flight.
void StartDaemon() {
  std::array<int, 2> ends{};
  if (::pipe(ends.data()) != 0) std::abort();
  const pid_t middle = ::fork();
  if (middle == 0) {
    ::setsid();
    if (::fork() != 0) ::_exit(0);
    IgnoreStops();
    const pid_t own = ::getpid();
    (void)!::write(ends[1], &own, sizeof(own));
    while (true) ::pause();
  }
  ::waitpid(middle, nullptr, 0);
  pid_t daemon = 0;
  (void)!::read(ends[0], &daemon, sizeof(daemon));
  for (const int end : ends) ::close(end);
  Say("daemon " + std::to_string(daemon));
}

/// A process that is always another one, and always leads a session of its own; for 20 seconds.
void LeaveOneThatFlees() {
  const Deadline end = Deadline::After(std::chrono::seconds(20));
  if (::fork() > 0) return;
  while (!end.HasPassed()) {
    if (::fork() > 0) ::_exit(0);
    ::setsid();
  }
  ::_exit(0);
}

/// `count` orphans that end at once; goes on when somebody has reaped each of them.
void LeaveOrphans(int count) {
  std::vector<pid_t> orphans;
  for (int i = 0; i < count; ++i) {
    int ends[2];
    if (::pipe(ends) != 0) std::abort();
    const pid_t middle = ::fork();
    if (middle == 0) {
      const pid_t orphan = ::fork();
      if (orphan == 0) ::_exit(0);
      ::_exit(::write(ends[1], &orphan, sizeof(orphan)) == sizeof(orphan) ? 0 : 1);
    }
    pid_t orphan = 0;
    if (::read(ends[0], &orphan, sizeof(orphan)) == sizeof(orphan)) orphans.push_back(orphan);
    ::waitpid(middle, nullptr, 0);
    ::close(ends[0]);
    ::close(ends[1]);
  }
  for (const pid_t orphan : orphans) {
    while (::kill(orphan, 0) == 0) ::sched_yield();
  }
  Say("reaped " + std::to_string(orphans.size()));
}

void Eat(int megabytes) {
  const auto size = static_cast<std::size_t>(megabytes) << 20;
  void* memory = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  std::memset(memory, 1, size);
}

/// Not one byte of the page stays as it was; it looks like rows as much as noise can.
void Scribble() {
  struct stat info {};
  ::fstat(page->fd(), &info);
  const auto size = static_cast<std::size_t>(info.st_size);
  void* memory = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, page->fd(), 0);
  auto* bytes = static_cast<unsigned char*>(memory);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<unsigned char>(i % 5 + i % 3);
  (void)!::ftruncate(page->fd(), 0);
}

void DieOf(int signal) {
  const rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
  ::signal(signal, SIG_DFL);
  ::kill(::getpid(), signal);
}

void ListDescriptors() {
  std::string open;
  for (int fd = 0; fd < 64; ++fd) {
    if (::fcntl(fd, F_GETFD) >= 0) open += " " + std::to_string(fd);
  }
  Say("descriptors" + open);
}

using Steps = std::map<std::string, std::function<void(const std::string&)>>;

/// What a runtime does with the page, the timer and the stacks.
Steps PageSteps() {
  return {
      {"say", [](const std::string& text) { Say(text); }},
      {"poll", [](const std::string&) { page->MarkPolling(); }},
      {"refuse", [](const std::string&) { page->MarkRefused(); }},
      {"receive", [](const std::string& id) { Receive(id, 0); }},
      {"initialize", [](const std::string& id) { Receive(id, 1); }},
      {"pre-stop", [](const std::string& id) { Receive(id, 2); }},
      {"pre-freeze", [](const std::string& id) { Receive(id, 3); }},
      {"deadline",
       [](const std::string& ms) {
         deadline = Deadline::After(std::chrono::milliseconds(std::stoi(ms)));
       }},
      {"timeout", [](const std::string& seconds) { timeout_s = std::stoi(seconds); }},
      {"run", [](const std::string& id) { Run(id); }},
      {"run-in-thread", [](const std::string& id) { RunInThread(id); }},
      {"cancel-self", [](const std::string& id) { page->MarkSelfCancelling(rows.at(id)); }},
      {"tell-stacks",
       [](const std::string&) { ListenForStacks([](int /*signal*/) { TellStacks(); }); }},
      {"answer-when-asked",
       [](const std::string& id) {
         static std::size_t row = rows.at(id);
         ListenForStacks([](int /*signal*/) { page->TryBeginPost(row); });
       }},
      {"exit-when-asked",
       [](const std::string&) { ListenForStacks([](int /*signal*/) { ::_exit(3); }); }},
      {"tell-nothing", [](const std::string&) { ListenForStacks(SIG_IGN); }},
      {"crash",
       [](const std::string& signal) {
         TellStacks();
         DieOf(std::stoi(signal));
       }},
      {"ruin-timer", [](const std::string&) { RuinTimer(); }},
      {"post", [](const std::string& id) { page->TryBeginPost(rows.at(id)); }},
      {"free", [](const std::string& id) { page->Free(rows.at(id)); }},
  };
}

/// What a process does.
Steps ProcessSteps() {
  return {
      {"scribble", [](const std::string&) { Scribble(); }},
      {"eat", [](const std::string& megabytes) { Eat(std::stoi(megabytes)); }},
      {"orphans", [](const std::string& count) { LeaveOrphans(std::stoi(count)); }},
      {"daemon", [](const std::string&) { StartDaemon(); }},
      {"flee", [](const std::string&) { LeaveOneThatFlees(); }},
      {"deaf", [](const std::string&) { IgnoreStops(); }},
      {"ask-parent", [](const std::string& signal) { ::kill(::getppid(), std::stoi(signal)); }},
      {"await-user-signal",
       [](const std::string&) {
         const sigset_t set = Blocked({SIGUSR1});
         int signal = 0;
         ::sigwait(&set, &signal);
       }},
      {"await-drain", [](const std::string&) { AwaitDrain(); }},
      {"tell-signals", [](const std::string&) { TellSignals(); }},
      {"variable",
       [](const std::string& name) {
         const char* const value = std::getenv(name.c_str());
         Say(name + "=" + (value != nullptr ? value : ""));
       }},
      {"descriptors", [](const std::string&) { ListDescriptors(); }},
      {"pid", [](const std::string&) { Say("runtime " + std::to_string(::getpid())); }},
      {"die-of", [](const std::string& signal) { DieOf(std::stoi(signal)); }},
      {"exit", [](const std::string& code) { ::_exit(std::stoi(code)); }},
      {"wait",
       [](const std::string&) {
         while (true) ::pause();
       }},
  };
}

const Steps& AllSteps() {
  static const Steps steps = [] {
    Steps all = PageSteps();
    all.merge(ProcessSteps());
    return all;
  }();
  return steps;
}

/// How many starts there were before this one.
std::size_t CountStart() {
  const char* const path = std::getenv("FAKE_STARTS");
  if (path == nullptr) return 0;
  const int file = ::open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  struct stat info {};
  ::fstat(file, &info);
  if (::write(file, ".", 1) != 1) std::abort();
  ::close(file);
  return static_cast<std::size_t>(info.st_size);
}

std::string ChooseScript(std::size_t start) {
  std::istringstream scripts(std::getenv("FAKE_SCRIPT"));
  std::string script;
  std::string next;
  for (std::size_t i = 0; i <= start && std::getline(scripts, next, ';'); ++i) script = next;
  return script;
}

void Play(const std::string& script) {
  std::istringstream steps(script);
  std::string step;
  while (steps >> step) {
    const auto colon = step.find(':');
    const std::string argument = colon == std::string::npos ? "" : step.substr(colon + 1);
    AllSteps().at(step.substr(0, colon))(argument);
  }
}

}  // namespace
}  // namespace openfc::testing

int main() {
  using namespace openfc;
  auto attached = SharedPage::Attach(UniqueFd(std::atoi(std::getenv("OPENFC_PAGE_FD"))));
  if (!attached) return 99;
  testing::page = *std::move(attached);
  testing::page->UseTimer(
      std::make_unique<DeadlineTimer>(UniqueFd(std::atoi(std::getenv("OPENFC_TIMER_FD")))));
  testing::stacks_fd = std::atoi(std::getenv("OPENFC_STACKS_FD"));
  testing::Play(testing::ChooseScript(testing::CountStart()));
  return 0;
}
