#include "runtime/process/proc_files.h"

#include "runtime/base/unique_fd.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <memory>

namespace openfc {
namespace {

template <typename Number>
std::optional<Number> ParseNumber(std::string_view text) {
  Number number = 0;
  const char* const last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, number);
  if (error != std::errc() || end != last) return std::nullopt;
  return number;
}

/// Cuts the next word off the front of `text`.
std::string_view TakeWord(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t\n"), text.size()));
  const std::string_view word = text.substr(0, text.find_first_of(" \t\n"));
  text.remove_prefix(word.size());
  return word;
}

std::string ProcPath(pid_t pid, const char* file) {
  return "/proc/" + std::to_string(pid) + "/" + file;
}

}  // namespace

std::string ProgramBesideThis(const std::string& name) {
  std::error_code failure;
  const auto own = std::filesystem::read_symlink("/proc/self/exe", failure);
  return (own.parent_path() / name).string();
}

std::optional<std::string> ReadSmallFile(const std::string& path) {
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.is_open()) return std::nullopt;
  std::string content;
  std::array<char, 4096> chunk;
  while (true) {
    const ssize_t count = ::read(file.get(), chunk.data(), chunk.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return std::nullopt;
    if (count == 0) return content;
    content.append(chunk.data(), static_cast<std::size_t>(count));
  }
}

std::optional<ProcessEntry> ParseProcessEntry(std::string_view stat) {
  // pid (name) state ppid pgrp ...: the name may hold blanks and parentheses of its own.
  const auto pid = ParseNumber<pid_t>(stat.substr(0, stat.find(' ')));
  const auto name_end = stat.rfind(')');
  if (!pid || name_end == std::string_view::npos) return std::nullopt;
  std::string_view rest = stat.substr(name_end + 1);
  const std::string_view state = TakeWord(rest);
  const auto parent = ParseNumber<pid_t>(TakeWord(rest));
  const auto group = ParseNumber<pid_t>(TakeWord(rest));
  constexpr int kFieldsUntilStart = 16;  // From the session to the number before starttime.
  for (int field = 0; field < kFieldsUntilStart; ++field) TakeWord(rest);
  const auto start = ParseNumber<std::uint64_t>(TakeWord(rest));
  if (!parent || !group || !start) return std::nullopt;
  return ProcessEntry{.pid = *pid,
                      .parent = *parent,
                      .group = *group,
                      .is_alive = state != "Z" && state != "X" && state != "x",
                      .start_ticks = *start};
}

std::optional<ProcessEntry> ReadProcess(pid_t pid) {
  const auto stat = ReadSmallFile(ProcPath(pid, "stat"));
  return stat ? ParseProcessEntry(*stat) : std::nullopt;
}

std::vector<pid_t> NumbersIn(const std::string& folder) {
  std::vector<pid_t> numbers;
  const std::unique_ptr<DIR, int (*)(DIR*)> listing(::opendir(folder.c_str()), ::closedir);
  if (listing == nullptr) return numbers;
  while (const dirent* entry = ::readdir(listing.get())) {
    if (const auto number = ParseNumber<pid_t>(entry->d_name)) numbers.push_back(*number);
  }
  return numbers;
}

std::vector<ProcessEntry> ReadProcesses() {
  std::vector<ProcessEntry> processes;
  for (const pid_t pid : NumbersIn("/proc")) {
    if (const auto process = ReadProcess(pid)) processes.push_back(*process);
  }
  return processes;
}

std::int64_t SizeAfter(std::string_view text, std::string_view name) {
  constexpr std::int64_t kBytesPerKilobyte = 1024;
  const auto found = text.find(name);
  if (found == std::string_view::npos) return 0;
  std::string_view rest = text.substr(found + name.size());
  return ParseNumber<std::int64_t>(TakeWord(rest)).value_or(0) * kBytesPerKilobyte;
}

ProcessMemory ParseProcessMemory(std::string_view status) {
  return {.resident_bytes = SizeAfter(status, "\nVmRSS:"),
          .peak_bytes = SizeAfter(status, "\nVmHWM:")};
}

ProcessMemory ReadProcessMemory(pid_t pid) {
  return ParseProcessMemory(ReadSmallFile(ProcPath(pid, "status")).value_or(""));
}

}  // namespace openfc
