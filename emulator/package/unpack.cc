#include "emulator/package/unpack.h"

#include "runtime/archive/archive_reader.h"
#include "runtime/archive/copy_entry.h"
#include "runtime/archive/entry_fault.h"
#include "runtime/archive/entry_name.h"
#include "runtime/base/unique_fd.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <deque>
#include <filesystem>
#include <utility>
#include <vector>

namespace openfc::emulator {
namespace {

namespace fs = std::filesystem;

void PutInFront(std::deque<std::string>& parts, const fs::path& path) {
  std::vector<std::string> names;
  for (const fs::path& part : path) names.push_back(part.string());
  parts.insert(parts.begin(), names.begin(), names.end());
}

/// Whether `path`, below `root`, followed over all links, never leaves it; also when what it leads
/// to is not there, and somebody makes it later.
bool LeadsInside(const fs::path& root, const fs::path& path) {
  constexpr int kMostLinks = 40;  // As the kernel has it.
  std::deque<std::string> left;
  PutInFront(left, path);
  fs::path at;  // Without links, below the root.
  for (int links = 0; !left.empty() && links <= kMostLinks;) {
    const std::string part = left.front();
    left.pop_front();
    std::error_code error;
    const auto kind = fs::symlink_status(root / at / part, error).type();
    if (part == "..") {
      if (at.empty()) return false;
      at = at.parent_path();
    } else if (kind == fs::file_type::symlink) {
      const fs::path target = fs::read_symlink(root / at / part, error);
      if (target.is_absolute()) return false;
      PutInFront(left, target);
      ++links;
    } else if (kind == fs::file_type::not_found) {
      return std::find(left.begin(), left.end(), "..") == left.end();
    } else if (!part.empty() && part != ".") {
      at /= part;
    }
  }
  return left.empty();
}

/// One unpacking. Links are made last, so that nothing is ever written through one.
class Unpacking {
 public:
  Unpacking(ArchiveReader& reader, std::string folder, UnpackLimits limits)
      : reader_(reader), folder_(std::move(folder)), limits_(limits) {}

  Status Run() {
    while (true) {
      const auto entry = reader_.Next();
      if (!entry) return entry.error();
      if (!*entry) break;
      if (const Status counted = CheckEntryCount(++entries_, limits_.entries); !counted) {
        return counted.error();
      }
      if (const Status taken = Take(**entry); !taken) return taken.error();
    }
    if (const Status linked = MakeLinks(); !linked) return linked.error();
    return SetFolderModes();
  }

 private:
  struct PendingLink {
    fs::path path;
    ArchiveEntry entry;
  };

  Status Take(const ArchiveEntry& entry) {
    const auto parts = SplitEntryName(entry.name);
    if (!parts) return parts.error();
    fs::path path = folder_;
    for (std::size_t i = 0; i + 1 < parts->size(); ++i) {
      path /= (*parts)[i];
      if (const Status made = MakeFolder(entry, path); !made) return made.error();
    }
    if (parts->empty()) return Ok();  // The folder itself.
    path /= parts->back();
    switch (entry.kind) {
      case EntryKind::kFolder:
        folder_modes_.emplace_back(path, entry.mode | kOwnerEnters);
        return MakeFolder(entry, path);
      case EntryKind::kFile:
        return WriteFile(entry, path);
      case EntryKind::kLink:
        links_.push_back({path, entry});
        return Ok();
      case EntryKind::kHardLink:
      case EntryKind::kOther:
        break;
    }
    return RefusedEntry(entry.name, "is neither a file nor a folder nor a link");
  }

  static Status MakeFolder(const ArchiveEntry& entry, const fs::path& path) {
    if (::mkdir(path.c_str(), 0755) == 0) return Ok();
    if (errno != EEXIST) return UnwritableEntry(entry.name, errno);
    struct stat status {};
    if (::lstat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode)) return Ok();
    return RefusedEntry(entry.name, "lies below a file");
  }

  Status WriteFile(const ArchiveEntry& entry, const fs::path& path) {
    const mode_t mode = (entry.mode & 0777U) | kOwnerReadsAndWrites;
    const UniqueFd file(
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode));
    if (!file.is_open()) {
      return errno == EEXIST ? RefusedEntry(entry.name, "is there twice")
                             : UnwritableEntry(entry.name, errno);
    }
    if (::fchmod(file.get(), mode) != 0)
      return UnwritableEntry(entry.name, errno);  // Whatever the umask.
    return CopyEntry(reader_, entry, file.get(),
                     [this](std::size_t count) { return CountBytes(count); });
  }

  Status CountBytes(std::size_t count) {
    bytes_ += static_cast<std::int64_t>(count);
    if (bytes_ <= limits_.bytes) return Ok();
    return Error{
        ErrorCode::kInvalidArgument,
        "it holds more than " + std::to_string(limits_.bytes >> 20) + " MB, the platform's limit"};
  }

  /// All of them first, and then where they lead: a link may lead over other links.
  Status MakeLinks() const {
    for (const auto& [path, entry] : links_) {
      if (::symlink(entry.link_target.c_str(), path.c_str()) == 0) continue;
      return errno == EEXIST ? RefusedEntry(entry.name, "is there twice")
                             : UnwritableEntry(entry.name, errno);
    }
    for (const auto& [path, entry] : links_) {
      if (!LeadsInside(folder_, path.lexically_relative(folder_))) {
        return RefusedEntry(entry.name,
                            "is a link out of the folder, to '" + entry.link_target + "'");
      }
    }
    return Ok();
  }

  /// At the end, since what lies in a folder could not be written otherwise.
  Status SetFolderModes() const {
    for (const auto& [path, mode] : folder_modes_) {
      if (::chmod(path.c_str(), mode & 0777U) != 0) {
        return SystemError("cannot set the mode of '" + path.string() + "'", errno);
      }
    }
    return Ok();
  }

  ArchiveReader& reader_;
  const fs::path folder_;
  const UnpackLimits limits_;
  std::vector<PendingLink> links_;
  std::vector<std::pair<fs::path, unsigned>> folder_modes_;
  std::int64_t bytes_ = 0;
  std::int64_t entries_ = 0;
};

Error CannotUnpack(const std::string& archive, const Error& error) {
  return Error{error.code, "cannot unpack '" + archive + "': " + error.message};
}

}  // namespace

Status Unpack(const std::string& archive, const std::string& folder, const UnpackLimits& limits) {
  const auto reader = ArchiveReader::Open(archive);
  if (!reader) return CannotUnpack(archive, reader.error());
  if (const Status done = Unpacking(**reader, folder, limits).Run(); !done) {
    return CannotUnpack(archive, done.error());
  }
  return Ok();
}

}  // namespace openfc::emulator
