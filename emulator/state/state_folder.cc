#include "emulator/state/state_folder.h"

#include "emulator/state/folder_lock.h"

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <stdexcept>
#include <system_error>

namespace openfc::emulator {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kTokenBytes = 32;

/// A file that was not there, or is another one from now on, all at once.
Status WriteFile(const std::string& path, const std::string& text) {
  const std::string draft = path + ".new";
  ::unlink(draft.c_str());
  UniqueFd fd(::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd.is_open()) return SystemError("cannot write " + draft, errno);
  const ssize_t written = ::write(fd.get(), text.data(), text.size());
  if (written != static_cast<ssize_t>(text.size())) {
    return SystemError("cannot write " + draft, written < 0 ? errno : ENOSPC);
  }
  fd.Reset();
  if (::rename(draft.c_str(), path.c_str()) == 0) return Ok();
  return SystemError("cannot write " + path, errno);
}

/// With its parents; they get the usual rights, it is ours alone.
Status MakeFolder(const std::string& path) {
  std::error_code error;
  fs::create_directories(fs::path(path).parent_path(), error);
  if (::mkdir(path.c_str(), 0700) == 0) return WriteFile(path + "/.gitignore", "*\n");
  if (errno == EEXIST && fs::is_directory(path, error)) return Ok();
  const Error reason = SystemError("cannot make the folder " + path, errno);
  return Error{ErrorCode::kInvalidArgument, reason.message + ": name another with --state-dir"};
}

Error Taken(const std::string& path) {
  std::string who = "another fclocal";
  const auto running = FindRunning(path);
  if (running && *running) {
    who += " (pid " + std::to_string((*running)->pid) + ", port " +
           std::to_string((*running)->port) + ")";
  }
  return Error{ErrorCode::kUnavailable,
               who + " serves with the state folder " + path +
                   ": end it with `fclocal stop --all`, or name another folder with --state-dir"};
}

}  // namespace

Expected<std::unique_ptr<StateFolder>> StateFolder::Take(const std::string& path) {
  if (const Status made = MakeFolder(path); !made) return made.error();
  auto lock = TakeFolderLock(path);
  if (!lock) return lock.error().code == ErrorCode::kUnavailable ? Taken(path) : lock.error();
  ::unlink(StateFileOf(path).c_str());
  return std::unique_ptr<StateFolder>(new StateFolder(path, *std::move(lock)));
}

StateFolder::~StateFolder() { ::unlink(StateFileOf(path_).c_str()); }

Status StateFolder::Publish(const RunningState& state) const {
  return WriteFile(StateFileOf(path_), WriteRunningState(state));
}

std::string StateFolderFor(const std::string& source) {
  std::error_code ignored;
  const fs::path path(source);
  return ((fs::is_directory(path, ignored) ? path : path.parent_path()) / kStateFolderName)
      .string();
}

std::optional<std::string> FindStateFolder(const std::string& folder) {
  std::error_code ignored;
  for (fs::path place(folder);; place = place.parent_path()) {
    const fs::path candidate = place / kStateFolderName;
    if (fs::is_directory(candidate, ignored)) return candidate.string();
    if (place == place.parent_path()) return std::nullopt;
  }
}

std::string MakeToken() {
  std::array<unsigned char, kTokenBytes> bytes{};
  for (std::size_t filled = 0; filled < bytes.size();) {
    const ssize_t count = ::getrandom(bytes.data() + filled, bytes.size() - filled, 0);
    if (count < 0 && errno != EINTR) throw std::runtime_error("there are no random numbers");
    if (count > 0) filled += static_cast<std::size_t>(count);
  }
  constexpr const char* kDigits = "0123456789abcdef";
  std::string token;
  for (const unsigned char byte : bytes) {
    token.push_back(kDigits[byte >> 4U]);
    token.push_back(kDigits[byte & 15U]);
  }
  return token;
}

}  // namespace openfc::emulator
