#include "tests/fakes/program.h"

#include "tests/fakes/limit.h"
#include "tests/fakes/programs.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace openfc::testing {
namespace {

struct Pipe {
  UniqueFd reader;
  UniqueFd writer;
};

Pipe MakePipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("pipe2 failed");
  return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

Pipe MakeInput(const std::string& text) {
  Pipe pipe = MakePipe();
  const ssize_t written = ::write(pipe.writer.get(), text.data(), text.size());
  if (written != static_cast<ssize_t>(text.size())) throw std::runtime_error("input too long");
  pipe.writer.Reset();
  return pipe;
}

std::string MakeMark() {
  static std::atomic<int> count = 0;
  return "OPENFC_TEST_FAMILY=" + std::to_string(::getpid()) + "-" + std::to_string(count++);
}

std::vector<std::string> MakeEnvironment(const ProgramOptions& options, const std::string& mark) {
  std::vector<std::string> environment = {mark};
  for (const char* name : {"PATH", "HOME", "ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS",
                           "LSAN_OPTIONS", "LD_LIBRARY_PATH"}) {
    const char* value = std::getenv(name);
    if (value != nullptr && !options.environment.contains(name)) {
      environment.push_back(std::string(name) + "=" + value);
    }
  }
  for (const auto& [name, value] : options.environment) {
    environment.push_back(std::string(name).append("=").append(value));
  }
  return environment;
}

std::vector<char*> Pointers(std::vector<std::string>& strings) {
  std::vector<char*> pointers;
  for (std::string& each : strings) pointers.push_back(each.data());
  pointers.push_back(nullptr);
  return pointers;
}

/// Everything that the child needs, made before the fork: between fork and exec only
/// async-signal-safe calls are allowed.
struct Launch {
  std::string path;
  std::string folder;
  std::vector<std::string> arguments;
  std::vector<std::string> environment;
  std::vector<std::pair<int, int>> descriptors;
};

void ResetSignals() {
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::signal(SIGPIPE, SIG_DFL);
}

[[noreturn]] void Become(const Launch& launch, char* const* arguments, char* const* environment) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::setpgid(0, 0);
  ResetSignals();
  for (const auto& [ours, theirs] : launch.descriptors) ::dup2(ours, theirs);
  if (!launch.folder.empty() && ::chdir(launch.folder.c_str()) != 0) ::_exit(127);
  ::execve(launch.path.c_str(), arguments, environment);
  ::_exit(127);
}

pid_t Fork(Launch& launch) {
  const auto arguments = Pointers(launch.arguments);
  const auto environment = Pointers(launch.environment);
  const pid_t pid = ::fork();
  if (pid < 0) throw std::runtime_error("fork failed");
  if (pid == 0) Become(launch, arguments.data(), environment.data());
  ::setpgid(pid, pid);  // Here too: whoever comes first.
  return pid;
}

/// What there was to read: a process may end meanwhile.
std::string ReadAll(const std::filesystem::path& file) {
  std::ostringstream bytes;
  bytes << std::ifstream(file, std::ios::binary).rdbuf();
  return bytes.str();
}

bool IsZombie(const std::filesystem::path& process) {
  const std::string status = ReadAll(process / "stat");
  const auto name_end = status.rfind(')');
  return name_end == std::string::npos || status.compare(name_end, 3, ") Z") == 0;
}

bool HasMark(const std::filesystem::path& process, const std::string& mark) {
  const std::string all = '\0' + ReadAll(process / "environ");
  return all.find('\0' + mark + '\0') != std::string::npos;
}

}  // namespace

Program::Program(const std::string& name, const ProgramOptions& options) : mark_(MakeMark()) {
  const Pipe in = MakeInput(options.input);
  Pipe out = MakePipe();
  Pipe err = MakePipe();
  const std::string path = name.starts_with('/') ? name : ProgramPath(name);
  Launch launch{
      .path = path,
      .folder = options.folder.string(),
      .arguments = {path},
      .environment = MakeEnvironment(options, mark_),
      .descriptors = {{in.reader.get(), 0}, {out.writer.get(), 1}, {err.writer.get(), 2}}};
  for (const auto& argument : options.arguments) launch.arguments.push_back(argument);
  for (const auto& pair : options.descriptors) launch.descriptors.push_back(pair);
  pid_ = Fork(launch);
  output_ = std::make_unique<Output>(std::move(out.reader), std::move(err.reader));
}

Program::~Program() {
  if (!end_) ::kill(-pid_, SIGKILL);
  KillFamily();
  if (!end_) ::waitpid(pid_, nullptr, 0);
}

std::optional<ProgramEnd> Program::AwaitEnd() {
  if (end_) return end_;
  const UniqueFd process(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
  pollfd waiting{.fd = process.get(), .events = POLLIN, .revents = 0};
  if (::poll(&waiting, 1, std::chrono::milliseconds(kLimit).count()) != 1) return std::nullopt;
  int status = 0;
  ::waitpid(pid_, &status, 0);
  end_ = WIFSIGNALED(status) ? ProgramEnd{.signal = WTERMSIG(status)}
                             : ProgramEnd{.exit_code = WEXITSTATUS(status)};
  return end_;
}

std::vector<pid_t> Program::Family() const {
  std::vector<pid_t> family;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", ignored)) {
    const std::string name = entry.path().filename().string();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    if (HasMark(entry.path(), mark_) && !IsZombie(entry.path())) {
      family.push_back(static_cast<pid_t>(std::stol(name)));
    }
  }
  return family;
}

void Program::KillFamily() const {
  while (true) {
    const auto family = Family();
    if (family.empty()) return;
    for (const pid_t each : family) ::kill(each, SIGKILL);
  }
}

}  // namespace openfc::testing
