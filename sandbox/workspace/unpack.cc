#include "sandbox/workspace/unpack.h"

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
#include <cstddef>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace openfc::sandbox {
namespace {

using Parts = std::vector<std::string>;

Error Invalid(const std::string& what) { return Error{ErrorCode::kInvalidArgument, what}; }

std::string Joined(const Parts& parts) {
  std::string path;
  for (const std::string& part : parts) path.append(path.empty() ? "" : "/").append(part);
  return path;
}

/// Whether a link at `parts` to `target` climbs out by its words alone.
bool ClimbsOut(const Parts& parts, const std::string& target) {
  if (target.empty() || target.front() == '/') return true;
  auto depth = static_cast<std::ptrdiff_t>(parts.size()) - 1;
  for (std::size_t at = 0; at <= target.size();) {
    const std::size_t slash = std::min(target.find('/', at), target.size());
    const std::string part = target.substr(at, slash - at);
    if (part == "..") {
      if (--depth < 0) return true;
    } else if (!part.empty() && part != ".") {
      ++depth;
    }
    at = slash + 1;
  }
  return false;
}

/// One unpacking. Links are made last, so that nothing of it is ever below one.
class Unpacking {
 public:
  Unpacking(ArchiveReader& reader, const Beneath& folder, const UnpackOptions& options,
            std::size_t packed_bytes)
      : reader_(reader),
        folder_(folder),
        options_(options),
        packed_bytes_(static_cast<std::int64_t>(packed_bytes)) {}

  Status Run() {
    while (true) {
      const auto entry = reader_.Next();
      if (!entry) return entry.error();
      if (!*entry) break;
      if (Status counted = Count(); !counted) return counted;
      if (Status taken = Take(**entry); !taken) return taken;
    }
    for (const auto& [parts, entry] : links_) {
      if (Status made = MakeLink(parts, entry); !made) return made;
    }
    if (Status inside = CheckLinks(); !inside) return inside;
    return SetFolderModes();
  }

 private:
  struct Place {
    Parts parts;
    ArchiveEntry entry;
  };

  Status Count() { return CheckEntryCount(++entries_, options_.limits.entries); }

  Status Take(const ArchiveEntry& entry) {
    if (entry.name == "/") return Ok();
    if (entry.name.size() > options_.limits.name_bytes)
      return RefusedEntry(entry.name, "has too long a name");
    const auto parts = SplitEntryName(entry.name);
    if (!parts) return parts.error();
    if (parts->empty()) return Ok();  // The folder itself.
    if (parts->size() > options_.limits.depth) return RefusedEntry(entry.name, "lies too deep");
    if (!seen_.insert(Joined(*parts)).second && entry.kind != EntryKind::kFolder) {
      return RefusedEntry(entry.name, "is there twice");
    }
    switch (entry.kind) {
      case EntryKind::kFolder:
        return MakeFolder(*parts, entry);
      case EntryKind::kFile:
        return WriteFile(*parts, entry);
      case EntryKind::kLink:
        return TakeLink(*parts, entry);
      case EntryKind::kHardLink:
        return MakeHardLink(*parts, entry);
      case EntryKind::kOther:
        break;
    }
    return RefusedEntry(entry.name, "is neither a file nor a folder nor a link");
  }

  /// The folder of the first `depth` parts, made where it is not there.
  Expected<UniqueFd> Enter(const Parts& parts, std::size_t depth, const ArchiveEntry& entry) {
    UniqueFd at = folder_.OpenAt("", O_PATH | O_DIRECTORY);
    for (std::size_t i = 0; i < depth; ++i) {
      if (::mkdirat(at.get(), parts[i].c_str(), 0755) == 0) {
        if (const Status counted = Count(); !counted) return counted.error();
        (void)::fchmodat(at.get(), parts[i].c_str(), 0755, 0);  // Whatever the umask.
        if (const int failure = Give(at.get(), parts[i]); failure != 0) {
          return UnwritableEntry(entry.name, failure);
        }
      } else if (errno != EEXIST) {
        return UnwritableEntry(entry.name, errno);
      }
      UniqueFd next = OpenBeneath(at.get(), parts[i], O_PATH | O_DIRECTORY);
      if (!next.is_open()) {
        if (errno == ENOTDIR || errno == ELOOP) {
          return RefusedEntry(entry.name, "lies below a file or a link");
        }
        return UnwritableEntry(entry.name, errno);
      }
      at = std::move(next);
    }
    return at;
  }

  Status MakeFolder(const Parts& parts, const ArchiveEntry& entry) {
    const auto made = Enter(parts, parts.size(), entry);
    if (!made) return made.error();
    folders_.push_back({parts, entry});
    return Ok();
  }

  Status WriteFile(const Parts& parts, const ArchiveEntry& entry) {
    const auto parent = Enter(parts, parts.size() - 1, entry);
    if (!parent) return parent.error();
    if (Status free = MakeRoom(parent->get(), parts.back(), entry); !free) return free;
    const UniqueFd file =
        OpenBeneath(parent->get(), parts.back(), O_WRONLY | O_CREAT | O_EXCL, kOwnerReadsAndWrites);
    if (!file.is_open()) return UnwritableEntry(entry.name, errno);
    const auto counted = [this](std::size_t count) { return CountBytes(count); };
    if (Status copied = CopyEntry(reader_, entry, file.get(), counted); !copied) return copied;
    if (::fchmod(file.get(), (entry.mode & 0777U) | kOwnerReadsAndWrites) != 0 ||
        (GivesAway() && ::fchown(file.get(), options_.owner, options_.owner) != 0)) {
      return UnwritableEntry(entry.name, errno);
    }
    files_.insert(Joined(parts));
    return Ok();
  }

  /// Nothing lies there, or does so no more.
  Status MakeRoom(int parent, const std::string& name, const ArchiveEntry& entry) const {
    struct stat about {};
    if (::fstatat(parent, name.c_str(), &about, AT_SYMLINK_NOFOLLOW) != 0) {
      return errno == ENOENT ? Ok() : Status(UnwritableEntry(entry.name, errno));
    }
    if (S_ISDIR(about.st_mode)) return RefusedEntry(entry.name, "lies where a folder is");
    if (options_.on_existing == OnExisting::kRefuse)
      return RefusedEntry(entry.name, "is there already");
    return ::unlinkat(parent, name.c_str(), 0) == 0 ? Ok()
                                                    : Status(UnwritableEntry(entry.name, errno));
  }

  Status CountBytes(std::size_t count) {
    const ArchiveLimits& limits = options_.limits;
    bytes_ += static_cast<std::int64_t>(count);
    if (bytes_ > limits.bytes) {
      return Invalid("it holds more than " + std::to_string(limits.bytes) + " bytes");
    }
    if (bytes_ > limits.free_bytes && bytes_ / limits.ratio > packed_bytes_) {
      return Invalid("more than " + std::to_string(limits.ratio) +
                     " times as many bytes come out as went in");
    }
    return Ok();
  }

  Status MakeHardLink(const Parts& parts, const ArchiveEntry& entry) {
    const auto target = SplitEntryName(entry.link_target);
    if (!target || target->empty() || !files_.contains(Joined(*target))) {
      return RefusedEntry(entry.name, "is a hard link to '" + ShownEntryName(entry.link_target) +
                                          "', which is no file that came before it");
    }
    const auto from = Enter(*target, target->size() - 1, entry);
    if (!from) return from.error();
    const auto parent = Enter(parts, parts.size() - 1, entry);
    if (!parent) return parent.error();
    if (Status free = MakeRoom(parent->get(), parts.back(), entry); !free) return free;
    if (::linkat(from->get(), target->back().c_str(), parent->get(), parts.back().c_str(), 0) !=
        0) {
      return UnwritableEntry(entry.name, errno);
    }
    files_.insert(Joined(parts));
    return Ok();
  }

  Error RefusedLink(const ArchiveEntry& entry) const {
    return RefusedEntry(
        entry.name, "is a link out of the folder, to '" + ShownEntryName(entry.link_target) + "'");
  }

  Status TakeLink(const Parts& parts, const ArchiveEntry& entry) {
    if (options_.links_out == LinksOut::kRefuse && ClimbsOut(parts, entry.link_target)) {
      return RefusedLink(entry);
    }
    links_.push_back({parts, entry});
    return Ok();
  }

  Status MakeLink(const Parts& parts, const ArchiveEntry& entry) {
    const auto parent = Enter(parts, parts.size() - 1, entry);
    if (!parent) return parent.error();
    if (Status free = MakeRoom(parent->get(), parts.back(), entry); !free) return free;
    if (::symlinkat(entry.link_target.c_str(), parent->get(), parts.back().c_str()) != 0) {
      return UnwritableEntry(entry.name, errno);
    }
    const int failure = Give(parent->get(), parts.back());
    return failure == 0 ? Ok() : Status(UnwritableEntry(entry.name, failure));
  }

  /// When all of them are there: a link may lead over other links.
  Status CheckLinks() const {
    if (options_.links_out == LinksOut::kKeep) return Ok();
    for (const auto& [parts, entry] : links_) {
      if (!folder_.CheckStaysInside(Joined(parts))) return RefusedLink(entry);
    }
    return Ok();
  }

  /// At the end, since what lies in a folder could not be written otherwise.
  Status SetFolderModes() {
    for (const auto& [parts, entry] : folders_) {
      const auto parent = Enter(parts, parts.size() - 1, entry);
      if (!parent) return parent.error();
      const unsigned mode = (entry.mode & 0777U) | kOwnerEnters;
      if (::fchmodat(parent->get(), parts.back().c_str(), mode, 0) != 0) {
        return UnwritableEntry(entry.name, errno);
      }
    }
    return Ok();
  }

  bool GivesAway() const { return options_.owner != ::geteuid(); }

  int Give(int parent, const std::string& name) const {
    if (!GivesAway()) return 0;
    const int given =
        ::fchownat(parent, name.c_str(), options_.owner, options_.owner, AT_SYMLINK_NOFOLLOW);
    return given == 0 ? 0 : errno;
  }

  ArchiveReader& reader_;
  const Beneath& folder_;
  const UnpackOptions& options_;
  const std::int64_t packed_bytes_;
  std::set<std::string> seen_;
  std::set<std::string> files_;
  std::vector<Place> links_;
  std::vector<Place> folders_;
  std::int64_t bytes_ = 0;
  std::int64_t entries_ = 0;
};

}  // namespace

Status UnpackArchive(std::string_view archive, const Beneath& folder,
                     const UnpackOptions& options) {
  const auto reader = ArchiveReader::OpenBytes(archive);
  if (!reader) return reader.error();
  return Unpacking(**reader, folder, options, archive.size()).Run();
}

}  // namespace openfc::sandbox
