#include "emulator/dependencies/tool_run.h"

#include "runtime/base/deadline.h"
#include "runtime/base/unique_fd.h"
#include "runtime/process/child.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <string_view>
#include <system_error>

namespace openfc::emulator {
namespace {

namespace fs = std::filesystem;

Expected<int> RunTo(const ToolRun& run, int output, int errors) {
  ChildCommand command{.program = run.program,
                       .arguments = run.arguments,
                       .working_directory = run.folder,
                       .output = output,
                       .errors = errors,
                       .death_signal = SIGTERM};
  for (const auto& [name, value] : run.environment) {
    command.environment.push_back(std::string(name).append("=").append(value));
  }
  auto child = StartChild(command);
  if (!child) return child.error();
  return (*child)->Await(Deadline::Never())->ShellCode();
}

bool CanRun(const std::string& file) {
  std::error_code ignored;
  return fs::is_regular_file(file, ignored) && ::access(file.c_str(), X_OK) == 0;
}

Expected<std::string> ReadBack(int fd) {
  std::string bytes;
  char piece[4096];  // NOLINT(modernize-avoid-c-arrays)
  (void)::lseek(fd, 0, SEEK_SET);
  for (;;) {
    const ssize_t count = ::read(fd, piece, sizeof(piece));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return SystemError("cannot read what a program said", errno);
    if (count == 0) return bytes;
    bytes.append(piece, static_cast<std::size_t>(count));
  }
}

}  // namespace

Expected<int> RunTool(const ToolRun& run) { return RunTo(run, STDERR_FILENO, STDERR_FILENO); }

Expected<ToolAnswer> AskTool(const ToolRun& run) {
  // Not a pipe, which would have to be emptied while the program runs.
  const UniqueFd output(::memfd_create("output", MFD_CLOEXEC));
  const UniqueFd nowhere(::open("/dev/null", O_WRONLY | O_CLOEXEC));
  if (!output.is_open() || !nowhere.is_open()) {
    return SystemError("cannot listen to " + run.program, errno);
  }
  const auto exit_code = RunTo(run, output.get(), nowhere.get());
  if (!exit_code) return exit_code.error();
  auto said = ReadBack(output.get());
  if (!said) return said.error();
  return ToolAnswer{.exit_code = *exit_code, .output = *std::move(said)};
}

std::string FindTool(const std::string& name, const Variables& environment) {
  if (name.find('/') != std::string::npos) return CanRun(name) ? name : std::string();
  const auto path = environment.find("PATH");
  std::string_view rest = "/usr/bin:/bin";
  if (path != environment.end()) rest = path->second;
  while (!rest.empty()) {
    const std::string_view folder = rest.substr(0, rest.find(':'));
    rest.remove_prefix(std::min(folder.size() + 1, rest.size()));
    std::string file = std::string(folder).append("/").append(name);
    if (!folder.empty() && CanRun(file)) return file;
  }
  return {};
}

}  // namespace openfc::emulator
