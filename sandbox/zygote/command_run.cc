#include "sandbox/zygote/command_run.h"

#include "runtime/base/unique_fd.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace openfc::sandbox {
namespace {

constexpr std::size_t kStackBytes = 256U << 10;

/// All that the child needs, made before it is: it may not allocate.
struct Command {
  Announcement announcement;
  const Entry* entry = nullptr;
  int report = -1;
  std::vector<std::string> candidates;  // Where the program may lie, inside the walls.
  std::vector<char*> words;
  std::vector<char*> environment;
};

std::string_view PathOf(const std::vector<std::string>& environment) {
  constexpr std::string_view kName = "PATH=";
  for (const std::string& entry : environment) {
    const std::string_view text = entry;
    if (text.starts_with(kName)) return text.substr(kName.size());
  }
  return "/usr/local/bin:/usr/bin:/bin";
}

std::vector<std::string> CandidatesOf(const std::string& program, std::string_view path) {
  if (program.find('/') != std::string::npos) return {program};
  std::vector<std::string> all;
  while (!path.empty()) {
    const auto colon = path.find(':');
    std::string candidate(path.substr(0, colon));
    if (!candidate.empty()) candidate += '/';
    all.push_back(candidate.append(program));
    path.remove_prefix(colon == std::string_view::npos ? path.size() : colon + 1);
  }
  return all;
}

/// execve(2) takes pointers to non-const; it writes to none of them.
std::vector<char*> PointersTo(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (const std::string& text : texts) pointers.push_back(const_cast<char*>(text.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

/// What Python ignores, programs expect to be told; and no signal is blocked.
void ResetSignals() {
  for (const int signal : {SIGPIPE, SIGXFSZ, SIGINT}) (void)::signal(signal, SIG_DFL);
  sigset_t none{};
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

/// In the child, which has the parent's memory: system calls only.
int BecomeCommand(void* argument) {
  const Command& command = *static_cast<const Command*>(argument);
  command.announcement.Make(::getpid());
  int report = command.report;
  EntryReport entered = EnterWalls(*command.entry, report);
  if (entered.step == EntryStep::kDone) {
    ResetSignals();
    entered = {.step = EntryStep::kExec, .error_number = ENOENT};
    for (const std::string& candidate : command.candidates) {
      ::execve(candidate.c_str(), command.words.data(), command.environment.data());
      if (errno != ENOENT && errno != ENOTDIR) entered.error_number = errno;
    }
  }
  (void)!::write(report, &entered, sizeof(entered));
  ::_exit(1);
}

}  // namespace

Expected<Entered> SpawnCommand(const RunPayload& payload, const Announcement& announcement,
                               const Entry& entry) {
  if (payload.arguments.empty()) return Error{ErrorCode::kInvalidArgument, "a command of no words"};
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return SystemError("cannot make a pipe", errno);
  const UniqueFd reader(ends[0]);
  UniqueFd writer(ends[1]);
  Command command{.announcement = announcement,
                  .entry = &entry,
                  .report = writer.get(),
                  .candidates = CandidatesOf(payload.arguments[0], PathOf(payload.environment)),
                  .words = PointersTo(payload.arguments),
                  .environment = PointersTo(payload.environment)};
  void* stack = ::mmap(nullptr, kStackBytes, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
  if (stack == MAP_FAILED) return SystemError("cannot make a stack", errno);
  const pid_t child = ::clone(&BecomeCommand, static_cast<std::byte*>(stack) + kStackBytes,
                              CLONE_VM | CLONE_VFORK | SIGCHLD, &command);
  const int failure = errno;
  ::munmap(stack, kStackBytes);
  if (child < 0) return SystemError("cannot start a process", failure);
  writer.Reset();
  // What is executed closes it.
  return Entered{.pid = child, .report = ReadReport(reader.get()).value_or(EntryReport{})};
}

}  // namespace openfc::sandbox
