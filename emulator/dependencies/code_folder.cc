#include "emulator/dependencies/code_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

namespace openfc::emulator {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFreshMark = ".new.";

Error CannotRead(const std::string& path, int error_number) {
  return {ErrorCode::kInvalidArgument,
          path + " cannot be read: " + std::generic_category().message(error_number)};
}

void RemoveAll(const fs::path& path) {
  std::error_code ignored;
  fs::remove_all(path, ignored);
}

void RemoveLeftovers(const fs::path& place) {
  std::error_code ignored;
  const std::string prefix = place.filename().string() + kFreshMark;
  for (const auto& entry : fs::directory_iterator(place.parent_path(), ignored)) {
    if (entry.path().filename().string().starts_with(prefix)) RemoveAll(entry.path());
  }
}

}  // namespace

Expected<std::string> ReadWhole(const std::string& path) {
  std::error_code error;
  if (fs::is_directory(path, error)) return CannotRead(path, EISDIR);
  std::ifstream file(path, std::ios::binary);
  if (!file) return CannotRead(path, errno);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

Status ReplaceFile(const std::string& path, std::string_view bytes) {
  const std::string fresh = path + kFreshMark + std::to_string(::getpid());
  std::ofstream file(fresh, std::ios::binary | std::ios::trunc);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  file.close();
  if (file.fail() || ::rename(fresh.c_str(), path.c_str()) != 0) {
    const int error_number = errno;
    ::unlink(fresh.c_str());
    return SystemError("cannot write " + path, error_number);
  }
  return Ok();
}

Expected<UniqueFd> HoldFolder(const std::string& path) {
  std::error_code error;
  fs::create_directories(path, error);
  UniqueFd folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder.is_open()) return SystemError("cannot use the folder " + path, errno);
  while (::flock(folder.get(), LOCK_EX) != 0) {
    if (errno != EINTR) return SystemError("cannot hold the folder " + path, errno);
  }
  return folder;
}

Expected<FreshFolder> FreshFolder::Beside(const std::string& place) {
  RemoveLeftovers(place);
  std::string path = place + kFreshMark + "XXXXXX";
  if (::mkdtemp(path.data()) == nullptr) return SystemError("cannot make " + path, errno);
  (void)::chmod(path.c_str(), 0755);
  return FreshFolder(std::move(path), place);
}

FreshFolder::FreshFolder(FreshFolder&& other) noexcept
    : path_(std::exchange(other.path_, {})), place_(std::move(other.place_)) {}

FreshFolder::~FreshFolder() {
  if (!path_.empty()) RemoveAll(path_);
}

Status FreshFolder::TakePlace() {
  if (::rename(path_.c_str(), place_.c_str()) == 0) {
    path_.clear();
    return Ok();
  }
  // A folder with something in it is in the way: the two change places, and the old one goes.
  if (::renameat2(AT_FDCWD, path_.c_str(), AT_FDCWD, place_.c_str(), RENAME_EXCHANGE) == 0) {
    return Ok();
  }
  // Some file systems cannot do that: two steps then.
  const std::string old = path_ + ".old";
  if (errno == EINVAL && ::rename(place_.c_str(), old.c_str()) == 0 &&
      ::rename(path_.c_str(), place_.c_str()) == 0) {
    path_ = old;
    return Ok();
  }
  return SystemError("cannot put the new folder into the place of " + place_, errno);
}

}  // namespace openfc::emulator
