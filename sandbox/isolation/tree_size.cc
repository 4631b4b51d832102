#include "sandbox/isolation/tree_size.h"

#include "runtime/base/unique_fd.h"
#include "sandbox/isolation/listing.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>
#include <vector>

namespace openfc::sandbox {
namespace {

constexpr mode_t kOpen = S_IRUSR | S_IXUSR;
constexpr std::size_t kMaxPending = 128;  // Descriptors; a tree that is wider counts as full.

/// Found, not opened: that takes no right on it.
UniqueFd FindFolder(int parent, const char* name) {
  return UniqueFd(::openat(parent, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

/// Keeps a folder open to us, its owner, as long as this lives. To root none is shut.
class OpenedFolder {
 public:
  explicit OpenedFolder(int folder) : own_name_("/proc/self/fd/" + std::to_string(folder)) {
    struct stat about {};
    if (::geteuid() == 0 || ::fstat(folder, &about) != 0 || (about.st_mode & kOpen) == kOpen) {
      return;
    }
    mode_ = about.st_mode & ~static_cast<mode_t>(S_IFMT);
    // By the descriptor: the name may be a link to something else by now.
    was_shut_ = ::chmod(own_name_.c_str(), mode_ | kOpen) == 0;
  }
  ~OpenedFolder() {
    if (was_shut_) (void)::chmod(own_name_.c_str(), mode_);
  }
  OpenedFolder(const OpenedFolder&) = delete;
  OpenedFolder& operator=(const OpenedFolder&) = delete;

 private:
  const std::string own_name_;
  mode_t mode_ = 0;
  bool was_shut_ = false;
};

class Measuring {
 public:
  explicit Measuring(std::int64_t max_files) : max_files_(max_files) {}

  TreeSize Of(const std::string& folder) {
    pending_.push_back(FindFolder(AT_FDCWD, folder.c_str()));
    while (!pending_.empty() && size_.files < max_files_) {
      const UniqueFd current = std::move(pending_.back());
      pending_.pop_back();
      if (current.is_open()) AddFolder(current.get());
    }
    return size_;
  }

 private:
  void AddFolder(int folder) {
    const OpenedFolder opened(folder);
    const Listing listing = List(folder);
    if (!listing) return SetFull();
    const dirent* entry = nullptr;
    while (size_.files < max_files_ && (entry = ::readdir(listing.get())) != nullptr) {
      if (!IsDots(entry->d_name)) AddEntry(folder, entry->d_name);
    }
  }

  void AddEntry(int folder, const char* name) {
    struct stat about {};
    if (::fstatat(folder, name, &about, AT_SYMLINK_NOFOLLOW) != 0) {
      if (errno == EACCES) SetFull();  // Shut again meanwhile.
      return;
    }
    ++size_.files;
    size_.bytes += BytesOf(about);
    if (!S_ISDIR(about.st_mode)) return;
    if (pending_.size() >= kMaxPending) return SetFull();
    pending_.push_back(FindFolder(folder, name));
  }

  void SetFull() { size_.files = max_files_; }

  const std::int64_t max_files_;
  TreeSize size_;
  std::vector<UniqueFd> pending_;
};

}  // namespace

std::int64_t BytesOf(const struct stat& about) {
  constexpr std::int64_t kBlockBytes = 512;
  return about.st_blocks * kBlockBytes;
}

TreeSize MeasureTree(const std::string& folder, std::int64_t max_files) {
  return Measuring(max_files).Of(folder);
}

}  // namespace openfc::sandbox
