#include "emulator/package/folder_cache.h"

#include <stdlib.h>
#include <sys/stat.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

namespace openfc::emulator {
namespace {

namespace fs = std::filesystem;

/// Removed with all that it holds, unless it has been moved away.
class PartialFolder {
 public:
  explicit PartialFolder(const std::string& parent) : path_(parent + "/.partial-XXXXXX") {
    if (::mkdtemp(path_.data()) == nullptr) path_.clear();
  }
  PartialFolder(const PartialFolder&) = delete;
  PartialFolder& operator=(const PartialFolder&) = delete;
  ~PartialFolder() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace

Expected<std::string> FolderCache::FolderFor(const std::string& key, const Fill& fill) const {
  const std::string wanted = folder_ + "/" + key;
  std::error_code error;
  if (fs::is_directory(wanted, error)) return wanted;
  fs::create_directories(folder_, error);
  if (error) return SystemError("cannot make the folder '" + folder_ + "'", error.value());
  const PartialFolder partial(folder_);
  if (partial.path().empty())
    return SystemError("cannot make a folder in '" + folder_ + "'", errno);
  // mkdtemp(3) lets nobody else in; a function may run as somebody else.
  ::chmod(partial.path().c_str(), 0755);
  if (const Status filled = fill(partial.path()); !filled) return filled.error();
  fs::rename(partial.path(), wanted, error);
  // Another process may have been quicker; its folder is the same.
  if (error && !fs::is_directory(wanted)) {
    return SystemError("cannot make the folder '" + wanted + "'", error.value());
  }
  return wanted;
}

}  // namespace openfc::emulator
