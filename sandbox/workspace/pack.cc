#include "sandbox/workspace/pack.h"

#include "runtime/archive/archive_writer.h"
#include "runtime/base/unique_fd.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace openfc::sandbox {
namespace {

Error NotPacked(const std::string& what) { return Error{ErrorCode::kInvalidArgument, what}; }

Error Unreadable(const std::string& path) { return NotPacked("'" + path + "' cannot be read"); }

constexpr std::size_t kMostShown = 100;

/// The names in a folder, the last one first. Nothing: it cannot be read.
Expected<std::vector<std::string>> NamesIn(const Beneath& root, const std::string& path) {
  UniqueFd folder = root.OpenAt(path, O_RDONLY | O_DIRECTORY);
  if (!folder.is_open()) return Unreadable(path);
  const std::unique_ptr<DIR, int (*)(DIR*)> listing(::fdopendir(folder.get()), &::closedir);
  if (!listing) return Unreadable(path);
  (void)folder.Release();
  std::vector<std::string> names;
  while (const dirent* entry = ::readdir(listing.get())) {
    std::string name = entry->d_name;
    if (name != "." && name != "..") names.push_back(std::move(name));
  }
  std::sort(names.begin(), names.end(), std::greater<>());
  return names;
}

class Packing {
 public:
  Packing(const Beneath& root, ArchiveWriter& writer, const ArchiveLimits& limits)
      : root_(root), writer_(writer), limits_(limits) {}

  Status Run() {
    if (Status listed = List(""); !listed) return listed;
    while (!pending_.empty()) {
      const std::string path = std::move(pending_.back());
      pending_.pop_back();
      if (++entries_ > limits_.entries) {
        return NotPacked("it holds more than " + std::to_string(limits_.entries) + " entries");
      }
      if (Status added = Add(path); !added) return added;
    }
    return writer_.Finish();
  }

 private:
  Status List(const std::string& path) {
    auto names = NamesIn(root_, path);
    if (!names) return names.error();
    for (const std::string& name : *names) {
      std::string whole = path;
      pending_.push_back(std::move(whole.append(path.empty() ? "" : "/").append(name)));
    }
    return Ok();
  }

  Status Add(const std::string& path) {
    const auto slashes = static_cast<std::size_t>(std::count(path.begin(), path.end(), '/'));
    if (path.size() > limits_.name_bytes || slashes >= limits_.depth) {
      return NotPacked("'" + path.substr(0, kMostShown) + "...' lies too deep");
    }
    const UniqueFd place = root_.OpenAt(path, O_PATH | O_NOFOLLOW);
    struct stat about {};
    if (!place.is_open() || ::fstat(place.get(), &about) != 0) return Unreadable(path);
    ArchiveEntry entry{.name = path,
                       .mode = about.st_mode & 0777U,
                       .size = about.st_size,
                       .changed = about.st_mtim.tv_sec};
    if (S_ISREG(about.st_mode)) return AddFile(entry);
    if (S_ISLNK(about.st_mode)) return AddLink(place.get(), std::move(entry));
    if (!S_ISDIR(about.st_mode)) return Ok();
    entry.kind = EntryKind::kFolder;
    if (Status added = writer_.Add(entry); !added) return added;
    return List(path);
  }

  Status AddLink(int link, ArchiveEntry entry) {
    std::array<char, PATH_MAX> target{};
    const ssize_t count = ::readlinkat(link, "", target.data(), target.size());
    if (count <= 0) return Unreadable(entry.name);
    entry.kind = EntryKind::kLink;
    entry.link_target.assign(target.data(), static_cast<std::size_t>(count));
    return writer_.Add(entry);
  }

  Status AddFile(const ArchiveEntry& entry) {
    bytes_ += entry.size;
    if (bytes_ > limits_.bytes) {
      return NotPacked("it holds more than " + std::to_string(limits_.bytes) + " bytes");
    }
    const UniqueFd file = root_.OpenAt(entry.name, O_RDONLY | O_NONBLOCK);
    if (!file.is_open()) return Unreadable(entry.name);
    if (Status added = writer_.Add(entry); !added) return added;
    buffer_.resize(std::size_t{1} << 16U);
    for (std::int64_t left = entry.size; left > 0;) {
      const auto room = std::min(buffer_.size(), static_cast<std::size_t>(left));
      const ssize_t count = ::read(file.get(), buffer_.data(), room);
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) return Unreadable(entry.name);
      if (Status out = writer_.Write({buffer_.data(), static_cast<std::size_t>(count)}); !out) {
        return out;
      }
      left -= count;
    }
    return Ok();
  }

  const Beneath& root_;
  ArchiveWriter& writer_;
  const ArchiveLimits& limits_;
  std::vector<std::string> pending_;  // The next one last.
  std::string buffer_;
  std::int64_t bytes_ = 0;
  std::int64_t entries_ = 0;
};

}  // namespace

Status PackFolder(const Beneath& folder, int file, const ArchiveLimits& limits) {
  const auto writer = ArchiveWriter::Open(file);
  if (!writer) return writer.error();
  return Packing(folder, **writer, limits).Run();
}

}  // namespace openfc::sandbox
