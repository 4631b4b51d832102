#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What /proc says of processes, read without trust: a process names itself as it likes.
namespace openfc {

/// One line of /proc/PID/stat.
struct ProcessEntry {
  pid_t pid = 0;
  pid_t parent = 0;
  pid_t group = 0;
  bool is_alive = false;          // Neither zombie nor dead.
  std::uint64_t start_ticks = 0;  // With the pid: this process and no later one.
};

/// Nothing when the text is not such a line.
std::optional<ProcessEntry> ParseProcessEntry(std::string_view stat);

/// Nothing when there is no such process.
std::optional<ProcessEntry> ReadProcess(pid_t pid);

/// The entries of a folder that are numbers: the processes of /proc, the threads of /proc/PID/task.
std::vector<pid_t> NumbersIn(const std::string& folder);

/// Every process that /proc shows.
std::vector<ProcessEntry> ReadProcesses();

/// 0 for a zombie or a process that is gone.
struct ProcessMemory {
  std::int64_t resident_bytes = 0;
  std::int64_t peak_bytes = 0;
};
ProcessMemory ParseProcessMemory(std::string_view status);
ProcessMemory ReadProcessMemory(pid_t pid);

/// Bytes, of the line of `text` that begins with `name`: `VmRSS:\t  1234 kB`. 0: there is none.
std::int64_t SizeAfter(std::string_view text, std::string_view name);

/// The path of a program in the folder of our own executable, where all programs of ours lie.
std::string ProgramBesideThis(const std::string& name);

/// A small file's bytes; nothing when it cannot be read. Files of /proc and of cgroups have no size
/// beforehand.
std::optional<std::string> ReadSmallFile(const std::string& path);

}  // namespace openfc
