#include "bootstrap/rloader/command_program.h"

#include "bootstrap/rloader/runtime_program.h"
#include "runtime/base/unique_fd.h"

#include <elf.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <optional>
#include <string_view>

namespace openfc::bootstrap {
namespace {

constexpr std::string_view kUsualPath = "/usr/local/bin:/usr/bin:/bin";
constexpr std::string_view kElf(ELFMAG, SELFMAG);

/// A first line is read by the kernel up to here.
constexpr std::size_t kHeadBytes = 256;

bool IsRunnable(const std::string& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode) &&
         ::access(path.c_str(), X_OK) == 0;
}

std::string HeadOf(const std::string& program) {
  const UniqueFd file(::open(program.c_str(), O_RDONLY | O_CLOEXEC));
  std::array<char, kHeadBytes> head{};
  const ssize_t count = file.is_open() ? ::read(file.get(), head.data(), head.size()) : 0;
  return std::string(head.data(), static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
}

/// The interpreter that a script's first line names.
std::string InterpreterOf(std::string_view head) {
  std::string_view line = head.substr(2, head.find('\n') - 2);
  line.remove_prefix(std::min(line.size(), line.find_first_not_of(" \t")));
  return std::string(line.substr(0, line.find_first_of(" \t")));
}

std::optional<ExecutionObstacle> ObstacleOfScript(const std::string& quoted,
                                                  std::string_view head) {
  std::string interpreter = InterpreterOf(head);
  if (interpreter.ends_with('\r')) {
    interpreter.pop_back();
    return ExecutionObstacle{ENOENT, "no such file: " + quoted +
                                         " has the line ends of Windows (CRLF), and so asks for '" +
                                         interpreter + "\\r' as its interpreter: save it with LF"};
  }
  if (IsRunnable(interpreter)) return std::nullopt;
  const bool is_there = ::access(interpreter.c_str(), F_OK) == 0;
  const std::string what = is_there ? "permission denied" : "no such file";
  return ExecutionObstacle{is_there ? EACCES : ENOENT, what + ": the interpreter '" + interpreter +
                                                           "', which the first line of " + quoted +
                                                           " asks for"};
}

/// What of an ELF file's head depends on the machine.
std::string MachineOf(const std::string& head) {
  constexpr std::size_t kMachine = offsetof(Elf64_Ehdr, e_machine);
  if (head.size() < sizeof(Elf64_Ehdr)) return {};
  return head.substr(EI_CLASS, 2) + head.substr(kMachine, 2);
}

bool IsOfThisMachine(const std::string& head) {
  return MachineOf(head) == MachineOf(HeadOf("/proc/self/exe"));
}

std::optional<ExecutionObstacle> ObstacleOfElf(const std::string& program,
                                               const std::string& quoted, const std::string& head) {
  if (!IsOfThisMachine(head)) {
    return ExecutionObstacle{ENOEXEC,
                             "exec format error: " + quoted + " is for another kind of machine"};
  }
  const auto loader = FindProgramLoader(program);
  if (!loader || ::access(loader->c_str(), F_OK) == 0) return std::nullopt;
  return ExecutionObstacle{
      ENOENT, "no such file: the dynamic loader '" + *loader + "', which " + quoted + " needs"};
}

std::optional<ExecutionObstacle> ObstacleOf(const std::string& program) {
  const std::string quoted = "'" + program + "'";
  struct stat info {};
  if (::stat(program.c_str(), &info) != 0) {
    if (errno == EACCES) return ExecutionObstacle{EACCES, "permission denied: " + quoted};
    return ExecutionObstacle{ENOENT, "no such file: " + quoted};
  }
  if (S_ISDIR(info.st_mode)) {
    return ExecutionObstacle{EACCES, "permission denied: " + quoted + " is a folder"};
  }
  if (!IsRunnable(program)) {
    return ExecutionObstacle{
        EACCES, "permission denied: " + quoted + " is not executable: chmod 755 makes it so"};
  }
  const std::string head = HeadOf(program);
  if (head.starts_with("#!")) return ObstacleOfScript(quoted, head);
  if (head.starts_with(kElf)) return ObstacleOfElf(program, quoted, head);
  return ExecutionObstacle{
      ENOEXEC, "exec format error: " + quoted +
                   " is neither a program nor a script whose first line begins with #!"};
}

}  // namespace

std::string FindProgram(const std::string& word, const Environment& environment) {
  if (word.empty() || word.find('/') != std::string::npos) return word;
  const std::string path = Find(environment, "PATH").value_or(std::string(kUsualPath));
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find(':', begin), path.size());
    const std::string folder = path.substr(begin, end - begin);
    std::string candidate = (folder.empty() ? std::string(".") : folder) + "/" + word;
    if (IsRunnable(candidate)) return candidate;
    begin = end + 1;
  }
  return word;
}

ExecutionObstacle ExplainFailure(const std::string& program, const Error& failure) {
  if (program.find('/') == std::string::npos) {
    return {ENOENT, "no such file: there is no program '" + program + "' in the PATH"};
  }
  if (auto obstacle = ObstacleOf(program)) return *std::move(obstacle);
  return {kNotExecutable, failure.message};
}

}  // namespace openfc::bootstrap
