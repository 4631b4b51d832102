#include "sandbox/workspace/beneath.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>

namespace openfc::sandbox {
namespace {

UniqueFd OpenResolved(int folder, const std::string& path, int flags, mode_t mode,
                      std::uint64_t resolve) {
  open_how how{};
  how.flags = static_cast<std::uint64_t>(static_cast<unsigned>(flags) | O_CLOEXEC);
  how.mode = mode;
  how.resolve = resolve;
  const char* name = path.empty() ? "." : path.c_str();
  long fd = -1;
  // EAGAIN: somebody renames folders meanwhile.
  constexpr int kTries = 64;
  for (int i = 0; i < kTries; ++i) {
    fd = ::syscall(SYS_openat2, folder, name, &how, sizeof(how));
    if (fd >= 0 || (errno != EAGAIN && errno != EINTR)) break;
  }
  return UniqueFd(static_cast<int>(fd));
}

}  // namespace

UniqueFd OpenBeneath(int folder, const std::string& path, int flags, mode_t mode) {
  return OpenResolved(
      folder, path, flags, mode,
      RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV);
}

Expected<Beneath> Beneath::Open(const std::string& folder) {
  UniqueFd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!fd.is_open()) return SystemError("cannot open a workspace", errno);
  return Beneath(std::move(fd));
}

UniqueFd Beneath::OpenAt(const std::string& path, int flags, mode_t mode) const {
  return OpenBeneath(fd_.get(), path, flags, mode);
}

Expected<std::string> Beneath::ReadFile(const std::string& path, std::int64_t max_bytes) const {
  // A pipe must not make us wait.
  const UniqueFd file = OpenAt(path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
  struct stat about {};
  if (!file.is_open() || ::fstat(file.get(), &about) != 0 || !S_ISREG(about.st_mode)) {
    return Error{ErrorCode::kInvalidArgument, "there is no file '" + path + "'"};
  }
  std::string text;
  constexpr std::size_t kPiece = std::size_t{1} << 17U;
  while (static_cast<std::int64_t>(text.size()) <= max_bytes) {
    const std::size_t before = text.size();
    text.resize(before + kPiece);
    const ssize_t count = ::read(file.get(), text.data() + before, kPiece);
    const int failure = errno;
    text.resize(before + (count > 0 ? static_cast<std::size_t>(count) : 0));
    if (count < 0 && failure == EINTR) continue;
    if (count < 0) return SystemError("cannot read '" + path + "'", failure);
    if (count == 0) return text;
  }
  return Error{ErrorCode::kSystem,
               "'" + path + "' has more than " + std::to_string(max_bytes) + " bytes"};
}

Status Beneath::CheckStaysInside(const std::string& path) const {
  const UniqueFd led =
      OpenResolved(fd_.get(), path, O_PATH, 0, RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS);
  if (led.is_open() || errno != EXDEV) return Ok();
  return Error{ErrorCode::kInvalidArgument, "'" + path + "' leads out of the folder"};
}

}  // namespace openfc::sandbox
