#include "bootstrap/rloader/runtime_program.h"

#include "runtime/base/unique_fd.h"
#include "runtime/process/child.h"
#include "runtime/process/proc_files.h"

#include <elf.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <cstdlib>

namespace openfc::bootstrap {
namespace {

Error Unusable(const std::string& program, const std::string& what) {
  return Error{ErrorCode::kInvalidArgument, "the runtime '" + program + "' " + what};
}

std::string ChooseProgram(const std::string& wanted, const std::string& installed) {
  if (!wanted.empty()) return wanted;
  return ::access(installed.c_str(), F_OK) == 0 ? installed : ProgramBesideThis("bootstrap");
}

Status CheckExecutable(const std::string& program) {
  struct stat info {};
  if (::stat(program.c_str(), &info) != 0) {
    return Unusable(program,
                    "cannot be found: install or build it, or name another with --bootstrap");
  }
  if (!S_ISREG(info.st_mode) || ::access(program.c_str(), X_OK) != 0) {
    return Unusable(program, "is not an executable file: name another with --bootstrap");
  }
  return Ok();
}

template <typename Value>
bool ReadAt(int file, std::uint64_t offset, Value& value) {
  const auto size = static_cast<ssize_t>(sizeof(value));
  return ::pread(file, &value, sizeof(value), static_cast<off_t>(offset)) == size;
}

std::string ReadAll(int file) {
  std::string text;
  std::array<char, 4096> chunk;
  ssize_t count = 0;
  while ((count = ::read(file, chunk.data(), chunk.size())) > 0) {
    text.append(chunk.data(), static_cast<std::size_t>(count));
  }
  return text;
}

/// `LOADER --list PROGRAM` maps the libraries and runs nothing.
Status AskLoader(const std::string& loader, const std::string& program,
                 const std::vector<std::string>& environment) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return SystemError("cannot make a pipe", errno);
  const UniqueFd words(ends[0]);
  UniqueFd sink(ends[1]);
  const UniqueFd nowhere(::open("/dev/null", O_WRONLY | O_CLOEXEC));
  auto child = StartChild({.program = loader,
                           .arguments = {"--list", program},
                           .environment = environment,
                           .output = nowhere.get(),
                           .errors = sink.get()});
  if (!child)
    return Unusable(program, "needs the dynamic loader '" + loader + "', which is missing");
  sink.Reset();
  const std::string complaint = ReadAll(words.get());
  const auto& end = (*child)->Await(Deadline::Never());
  if (end->ShellCode() == 0) return Ok();
  return Error{ErrorCode::kInvalidArgument, DescribeMissingLibrary(program, complaint)};
}

/// `libpython3.11.so.1.0` -> `3.11`; empty for another library.
std::string PythonVersionOf(const std::string& library) {
  constexpr std::string_view kPrefix = "libpython";
  if (!library.starts_with(kPrefix)) return "";
  const auto suffix = library.find(".so");
  if (suffix == std::string::npos || suffix < kPrefix.size()) return "";
  return library.substr(kPrefix.size(), suffix - kPrefix.size());
}

}  // namespace

std::optional<std::string> FindProgramLoader(const std::string& program) {
  const UniqueFd file(::open(program.c_str(), O_RDONLY | O_CLOEXEC));
  Elf64_Ehdr head{};
  if (!file.is_open() || !ReadAt(file.get(), 0, head)) return std::nullopt;
  const std::string_view ident(reinterpret_cast<const char*>(head.e_ident), EI_NIDENT);
  if (!ident.starts_with(std::string_view(ELFMAG, SELFMAG)) ||
      head.e_ident[EI_CLASS] != ELFCLASS64) {
    return std::nullopt;
  }
  for (unsigned index = 0; index < head.e_phnum; ++index) {
    Elf64_Phdr part{};
    if (!ReadAt(file.get(), head.e_phoff + index * sizeof(part), part)) return std::nullopt;
    if (part.p_type != PT_INTERP) continue;
    std::array<char, PATH_MAX> path{};
    ReadAt(file.get(), part.p_offset, path);  // Shorter at the end of a small file: still filled.
    path.back() = '\0';
    return std::string(path.data());
  }
  return std::nullopt;
}

std::string DescribeMissingLibrary(const std::string& program, std::string_view words) {
  constexpr std::string_view kComplaint = "error while loading shared libraries: ";
  const auto found = words.find(kComplaint);
  const std::string subject = "the runtime '" + program + "' ";
  if (found == std::string_view::npos) {
    const std::string line(words.substr(0, words.find('\n')));
    return subject +
           "cannot be loaded on this machine: " + (line.empty() ? "no reason given" : line);
  }
  const std::string_view rest = words.substr(found + kComplaint.size());
  const std::string library(rest.substr(0, rest.find_first_of(": \n")));
  const std::string missing =
      subject + "needs the shared library " + library + ", which is not on this machine: ";
  const std::string version = PythonVersionOf(library);
  if (version.empty()) return missing + "install the package that has it";
  return missing + "install Python " + version +
         " with its library (Debian: apt-get install libpython" + version + ")";
}

Expected<std::string> FindRuntime(const std::string& wanted, const std::string& installed) {
  const std::string program = ChooseProgram(wanted, installed);
  if (const Status executable = CheckExecutable(program); !executable) return executable.error();
  return program;
}

Status CheckLibraries(const std::string& program, const std::vector<std::string>& environment) {
  const auto loader = FindProgramLoader(program);
  return loader ? AskLoader(*loader, program, environment) : Ok();
}

}  // namespace openfc::bootstrap
