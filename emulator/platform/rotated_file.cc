#include "emulator/platform/rotated_file.h"

#include "runtime/base/log.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>

namespace openfc::emulator {

void RotatedFile::Append(std::string_view bytes) {
  if (!fd_.is_open() && !Open()) return Complain(errno);
  const auto count = static_cast<std::int64_t>(bytes.size());
  if (size_ > 0 && size_ + count > limits_.bytes) {
    Rotate();
    if (!Open()) return Complain(errno);
  }
  const ssize_t written = ::write(fd_.get(), bytes.data(), bytes.size());
  if (written < 0) return Complain(errno);
  size_ += written;
}

bool RotatedFile::Open() {
  fd_.Reset(::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600));
  struct stat status {};
  if (!fd_.is_open() || ::fstat(fd_.get(), &status) != 0) return false;
  size_ = status.st_size;
  return true;
}

void RotatedFile::Rotate() {
  fd_.Reset();
  for (int number = limits_.files - 1; number > 0; --number) {
    const std::string from = number == 1 ? path_ : path_ + "." + std::to_string(number - 1);
    (void)std::rename(from.c_str(), (path_ + "." + std::to_string(number)).c_str());
  }
  if (limits_.files <= 1) ::unlink(path_.c_str());
}

void RotatedFile::Complain(int error_number) {
  if (std::exchange(has_complained_, true)) return;
  LogWarn("log_file_not_written path={} reason=\"{}\"", path_,
          std::generic_category().message(error_number));
}

}  // namespace openfc::emulator
