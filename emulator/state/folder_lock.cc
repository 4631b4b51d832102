#include "emulator/state/folder_lock.h"

#include <fcntl.h>

#include <cerrno>

namespace openfc::emulator {
namespace {

std::string LockFileOf(const std::string& folder) { return folder + "/lock"; }

struct flock WholeFile() {
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  return lock;
}

}  // namespace

Expected<UniqueFd> TakeFolderLock(const std::string& folder) {
  const std::string path = LockFileOf(folder);
  UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd.is_open()) return SystemError("cannot open " + path, errno);
  struct flock lock = WholeFile();
  if (::fcntl(fd.get(), F_OFD_SETLK, &lock) == 0) return fd;
  if (errno == EAGAIN || errno == EACCES) {
    return Error{ErrorCode::kUnavailable, "another process has the folder " + folder};
  }
  return SystemError("cannot lock " + path, errno);
}

bool IsFolderLocked(const std::string& folder) {
  const UniqueFd fd(::open(LockFileOf(folder).c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW));
  if (!fd.is_open()) return false;
  struct flock lock = WholeFile();
  return ::fcntl(fd.get(), F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

}  // namespace openfc::emulator
