#include "emulator/commands/log_tail.h"

#include "emulator/state/log_file_name.h"
#include "emulator/state/log_line.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <system_error>

namespace openfc::emulator {
namespace {

constexpr int kMostFiles = 10;  // Of one log; a fclocal keeps fewer.
constexpr std::size_t kPiece = 64UL * 1024;

}  // namespace

std::vector<std::string> LogTail::ReadLines() {
  std::string bytes = std::exchange(partial_, {});
  if (!std::exchange(has_begun_, true)) ReadOlderFiles(bytes);
  if (fd_.is_open() || OpenIfThere()) ReadFrom(fd_.get(), bytes);
  // Whoever rotates writes to the new file only: what the old one has, has been read by now.
  while (fd_.is_open() && WasRotated()) {
    ReadFrom(fd_.get(), bytes);
    fd_.Reset();
    if (OpenIfThere()) ReadFrom(fd_.get(), bytes);
  }
  std::vector<std::string> lines;
  std::size_t begin = 0;
  for (auto end = bytes.find('\n'); end != std::string::npos; end = bytes.find('\n', begin)) {
    lines.push_back(bytes.substr(begin, end - begin));
    begin = end + 1;
  }
  partial_ = bytes.substr(begin);
  return lines;
}

void LogTail::ReadOlderFiles(std::string& bytes) const {
  for (int number = kMostFiles; number > 0; --number) {
    const std::string older = path_ + "." + std::to_string(number);
    const UniqueFd fd(::open(older.c_str(), O_RDONLY | O_CLOEXEC));
    if (fd.is_open()) ReadFrom(fd.get(), bytes);
  }
}

bool LogTail::OpenIfThere() {
  fd_.Reset(::open(path_.c_str(), O_RDONLY | O_CLOEXEC));
  return fd_.is_open();
}

void LogTail::ReadFrom(int fd, std::string& bytes) const {
  std::array<char, kPiece> piece;
  for (;;) {
    const ssize_t count = ::read(fd, piece.data(), piece.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return;
    bytes.append(piece.data(), static_cast<std::size_t>(count));
  }
}

bool LogTail::WasRotated() const {
  struct stat open {};
  struct stat named {};
  if (::fstat(fd_.get(), &open) != 0) return false;
  if (::stat(path_.c_str(), &named) != 0) return false;  // Between two: it will be there soon.
  return open.st_ino != named.st_ino || open.st_dev != named.st_dev;
}

std::vector<FunctionLogLine> LogFolder::ReadLines() {
  FindLogs();
  std::vector<FunctionLogLine> all;
  for (auto& [function, tail] : tails_) {
    for (const std::string& line : tail.ReadLines()) {
      const auto parts = ReadLogLine(line);
      if (!parts) continue;
      all.push_back({.function = function,
                     .time = std::string(parts->time),
                     .instance = std::string(parts->instance),
                     .text = std::string(parts->text)});
    }
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const auto& left, const auto& right) { return left.time < right.time; });
  return all;
}

/// A function that had logged nothing so far may have now.
void LogFolder::FindLogs() {
  std::error_code error;
  std::filesystem::directory_iterator files(LogFolderOf(state_folder_), error);
  for (const auto& file : files) {
    const auto function = FunctionOfLogFile(file.path().filename().string());
    if (!function || !IsWanted(*function)) continue;
    const bool is_known = std::any_of(tails_.begin(), tails_.end(),
                                      [&](const Tail& tail) { return tail.function == *function; });
    if (!is_known) tails_.push_back({*function, LogTail(file.path().string())});
  }
}

/// A function of FC 2 may be meant without its service.
bool LogFolder::IsWanted(const std::string& function) const {
  return function_.empty() || function == function_ || function.ends_with("$" + function_);
}

}  // namespace openfc::emulator
