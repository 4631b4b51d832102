#include "runtime/process/child.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace openfc {
namespace {

/// The steps of a start that can fail in the child, in their order.
enum class Step { kCgroup, kMounts, kDeathSignal, kDirectory, kDescriptors, kExec };

/// What the child writes into the pipe when it fails; nothing comes when the program runs.
struct StartFailure {
  Step step;
  int error_number;
  MountFailure mount = {};  // Of kMounts.
};

/// Everything that the child needs, made before the fork: in the child of a process with threads
/// nothing may allocate.
struct Preparation {
  std::vector<char*> arguments;    // Point into the command.
  std::vector<char*> environment;  // The same.
  std::vector<UniqueFd> cgroups;   // Open for writing.
  std::vector<HandedDescriptor> descriptors;
  std::optional<MountPlan> mounts;
  UniqueFd null_input;
  UniqueFd failures_in;
  UniqueFd failures_out;
  int lowest_free = 0;  // Above every number that the child wants to use.
  pid_t parent = 0;
};

/// execve(2) takes pointers to non-const; it writes to none of them.
char* Pointer(const std::string& text) { return const_cast<char*>(text.c_str()); }

std::vector<char*> Pointers(const std::string* first, const std::vector<std::string>& rest) {
  std::vector<char*> pointers;
  if (first != nullptr) pointers.push_back(Pointer(*first));
  for (const std::string& text : rest) pointers.push_back(Pointer(text));
  pointers.push_back(nullptr);
  return pointers;
}

Error CannotStart(const ChildCommand& command, const std::string& what, int error_number) {
  return SystemError("cannot start '" + command.program + "': " + what, error_number);
}

Status OpenCgroups(const ChildCommand& command, Preparation& preparation) {
  for (const std::string& path : command.cgroup_procs_files) {
    UniqueFd file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    if (!file.is_open()) return CannotStart(command, "cannot open '" + path + "'", errno);
    preparation.cgroups.push_back(std::move(file));
  }
  return Ok();
}

/// The child's whole table of descriptors, standard ones included.
Status PlanDescriptors(const ChildCommand& command, Preparation& preparation) {
  preparation.descriptors = command.descriptors;
  if (command.input == ChildInput::kNull) {
    preparation.null_input = UniqueFd(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    if (!preparation.null_input.is_open()) {
      return CannotStart(command, "cannot open /dev/null", errno);
    }
    preparation.descriptors.push_back({preparation.null_input.get(), STDIN_FILENO});
  }
  if (command.output) preparation.descriptors.push_back({*command.output, STDOUT_FILENO});
  if (command.errors) preparation.descriptors.push_back({*command.errors, STDERR_FILENO});
  preparation.lowest_free = STDERR_FILENO + 1;
  for (const HandedDescriptor& handed : preparation.descriptors) {
    preparation.lowest_free = std::max(preparation.lowest_free, handed.theirs + 1);
  }
  return Ok();
}

Status PrepareMounts(const ChildCommand& command, Preparation& preparation) {
  if (command.bind_mounts.empty()) return Ok();
  auto plan = PlanMounts(command.bind_mounts);
  if (!plan) {
    return Error{plan.error().code,
                 "cannot start '" + command.program + "': " + plan.error().message};
  }
  preparation.mounts = *std::move(plan);
  return Ok();
}

Expected<Preparation> Prepare(const ChildCommand& command) {
  Preparation preparation;
  preparation.arguments = Pointers(&command.program, command.arguments);
  preparation.environment = Pointers(nullptr, command.environment);
  preparation.parent = ::getpid();
  if (const Status opened = OpenCgroups(command, preparation); !opened) return opened.error();
  if (const Status planned = PlanDescriptors(command, preparation); !planned) {
    return planned.error();
  }
  if (const Status planned = PrepareMounts(command, preparation); !planned) {
    return planned.error();
  }
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0)
    return CannotStart(command, "cannot make a pipe", errno);
  preparation.failures_in = UniqueFd(ends[0]);
  preparation.failures_out = UniqueFd(ends[1]);
  return preparation;
}

// In the child: system calls only
// ------------------------------------------------------------------

void ResetSignals() {
  struct sigaction by_default {};
  by_default.sa_handler = SIG_DFL;
  for (int signal = 1; signal < NSIG; ++signal) ::sigaction(signal, &by_default, nullptr);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

bool TieToParent(const ChildCommand& command, const Preparation& preparation) {
  if (!command.death_signal) return true;
  if (::prctl(PR_SET_PDEATHSIG, *command.death_signal) != 0) return false;
  errno = ESRCH;  // The parent ended before the tie held.
  return ::getppid() == preparation.parent;
}

bool JoinCgroups(const Preparation& preparation) {
  return std::all_of(preparation.cgroups.begin(), preparation.cgroups.end(),
                     [](const UniqueFd& file) { return ::write(file.get(), "0", 1) == 1; });
}

bool EnterDirectory(const ChildCommand& command) {
  return command.working_directory.empty() || ::chdir(command.working_directory.c_str()) == 0;
}

/// Nothing above the standard three survives the start of the program, unless it is placed later.
void CloseOnExecAll() {
  const auto first = static_cast<unsigned>(STDERR_FILENO + 1);
  if (::syscall(SYS_close_range, first, ~0U, CLOSE_RANGE_CLOEXEC) == 0) return;
  rlimit limit{};  // A kernel before 5.11: one by one.
  ::getrlimit(RLIMIT_NOFILE, &limit);
  for (rlim_t fd = first; fd < limit.rlim_cur; ++fd) {
    ::fcntl(static_cast<int>(fd), F_SETFD, FD_CLOEXEC);
  }
}

/// First every source moves out of the way of every target, then each takes its place.
bool PlaceDescriptors(Preparation& preparation) {
  for (HandedDescriptor& handed : preparation.descriptors) {
    handed.ours = ::fcntl(handed.ours, F_DUPFD_CLOEXEC, preparation.lowest_free);
    if (handed.ours < 0) return false;
  }
  CloseOnExecAll();
  return std::all_of(
      preparation.descriptors.begin(), preparation.descriptors.end(),
      [](const HandedDescriptor& handed) { return ::dup2(handed.ours, handed.theirs) >= 0; });
}

[[noreturn]] void Fail(int failures, Step step, MountFailure mount = {}) {
  const StartFailure failure{.step = step, .error_number = errno, .mount = mount};
  (void)!::write(failures, &failure, sizeof(failure));
  constexpr int kUnseen = 127;  // The parent reads the pipe and reports that.
  ::_exit(kUnseen);
}

void EnterMountsIfAny(int failures, Preparation& preparation) {
  MountFailure failure;
  if (!preparation.mounts || EnterMounts(*preparation.mounts, failure)) return;
  Fail(failures, Step::kMounts, failure);
}

[[noreturn]] void BecomeProgram(const ChildCommand& command, Preparation& preparation) {
  const int failures =
      ::fcntl(preparation.failures_out.get(), F_DUPFD_CLOEXEC, preparation.lowest_free);
  if (failures < 0) Fail(preparation.failures_out.get(), Step::kDescriptors);
  if (command.has_own_group) ::setpgid(0, 0);
  if (!JoinCgroups(preparation)) Fail(failures, Step::kCgroup);
  StayOnProcessors(command.processors);
  EnterMountsIfAny(failures, preparation);
  if (!TieToParent(command, preparation)) Fail(failures, Step::kDeathSignal);
  if (!EnterDirectory(command)) Fail(failures, Step::kDirectory);
  if (!PlaceDescriptors(preparation)) Fail(failures, Step::kDescriptors);
  ResetSignals();
  ::execve(command.program.c_str(), preparation.arguments.data(), preparation.environment.data());
  Fail(failures, Step::kExec);
}

// In the parent
// ------------------------------------------------------------------------------------

/// Signals stay out from before the fork until the child has dropped our handlers.
pid_t ForkInto(const ChildCommand& command, Preparation& preparation) {
  sigset_t all;
  sigset_t before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  const pid_t pid = ::fork();
  if (pid == 0) BecomeProgram(command, preparation);
  const int error_number = errno;
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = error_number;
  return pid;
}

/// Blocks until the program runs or the child has failed.
std::optional<StartFailure> ReadFailure(int failures) {
  StartFailure failure{};
  ssize_t count = 0;
  do {
    count = ::read(failures, &failure, sizeof(failure));
  } while (count < 0 && errno == EINTR);
  if (count != static_cast<ssize_t>(sizeof(failure))) return std::nullopt;
  return failure;
}

Error Describe(const ChildCommand& command, const Preparation& preparation,
               const StartFailure& failure) {
  switch (failure.step) {
    case Step::kMounts:
      return CannotStart(command, Describe(*preparation.mounts, failure.mount),
                         failure.error_number);
    case Step::kDeathSignal:
      return CannotStart(command, "cannot tie it to us", failure.error_number);
    case Step::kCgroup:
      return CannotStart(command, "cannot join its cgroup", failure.error_number);
    case Step::kDirectory:
      return CannotStart(command, "cannot enter '" + command.working_directory + "'",
                         failure.error_number);
    case Step::kDescriptors:
      return CannotStart(command, "cannot hand its descriptors down", failure.error_number);
    case Step::kExec:
      break;
  }
  return SystemError("cannot run '" + command.program + "'", failure.error_number);
}

}  // namespace

Expected<std::unique_ptr<Child>> StartChild(const ChildCommand& command) {
  auto preparation = Prepare(command);
  if (!preparation) return preparation.error();
  const pid_t pid = ForkInto(command, *preparation);
  if (pid < 0) return CannotStart(command, "cannot fork", errno);
  if (command.has_own_group) ::setpgid(pid, pid);  // Both sides do it: neither waits for the other.
  preparation->failures_out.Reset();
  const auto failure = ReadFailure(preparation->failures_in.get());
  if (failure) {
    ::waitpid(pid, nullptr, 0);
    return Describe(command, *preparation, *failure);
  }
  UniqueFd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  if (!pidfd.is_open()) {
    const int error_number = errno;
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
    return CannotStart(command, "cannot open its pidfd", error_number);
  }
  return std::make_unique<Child>(pid, std::move(pidfd));
}

}  // namespace openfc
