#include "runtime/archive/archive_reader.h"

#include "runtime/archive/archive_library.h"

#include <unistd.h>

#include <cerrno>
#include <utility>

namespace openfc {
namespace {

constexpr std::size_t kBlock = std::size_t{1} << 16U;

EntryKind KindOf(unsigned type) {
  switch (type) {
    case AE_IFREG:
      return EntryKind::kFile;
    case AE_IFDIR:
      return EntryKind::kFolder;
    case AE_IFLNK:
      return EntryKind::kLink;
    default:
      return EntryKind::kOther;
  }
}

/// Its name in UTF-8 where the archive has one, else its bytes.
std::string Either(const char* utf8, const char* bytes) {
  if (utf8 != nullptr) return utf8;
  return bytes != nullptr ? bytes : "";
}

}  // namespace

struct ArchiveReader::Handle {
  ArchiveLibrary library;
  archive* reader = nullptr;
  archive_entry* entry = nullptr;
  std::string sort;  // What it should be, for sentences.
};

ArchiveReader::ArchiveReader(std::unique_ptr<Handle> handle) : handle_(std::move(handle)) {}

ArchiveReader::~ArchiveReader() { handle_->library.read_free(handle_->reader); }

Expected<std::unique_ptr<ArchiveReader>> ArchiveReader::Make(std::string sort) {
  const auto library = LoadArchiveLibrary();
  if (!library) return library.error();
  auto handle = std::make_unique<Handle>();
  handle->library = *library;
  handle->reader = library->read_new();
  handle->sort = std::move(sort);
  return std::unique_ptr<ArchiveReader>(new ArchiveReader(std::move(handle)));
}

Expected<std::unique_ptr<ArchiveReader>> ArchiveReader::Open(const std::string& path) {
  if (::access(path.c_str(), R_OK) != 0) return SystemError("it cannot be read", errno);
  auto reader = Make("zip");
  if (!reader) return reader.error();
  const Handle& handle = *(*reader)->handle_;
  handle.library.support_zip(handle.reader);
  if (handle.library.open_filename(handle.reader, path.c_str(), kBlock) != ARCHIVE_OK) {
    return (*reader)->Failure();
  }
  return reader;
}

Expected<std::unique_ptr<ArchiveReader>> ArchiveReader::OpenTar(const std::string& path) {
  if (::access(path.c_str(), R_OK) != 0) return SystemError("it cannot be read", errno);
  auto reader = Make("tar");
  if (!reader) return reader.error();
  const Handle& handle = *(*reader)->handle_;
  handle.library.support_tar(handle.reader);
  handle.library.support_gzip(handle.reader);
  if (handle.library.open_filename(handle.reader, path.c_str(), kBlock) != ARCHIVE_OK) {
    return (*reader)->Failure();
  }
  return reader;
}

Expected<std::unique_ptr<ArchiveReader>> ArchiveReader::OpenBytes(std::string_view bytes) {
  auto reader = Make("tar or zip");
  if (!reader) return reader.error();
  const Handle& handle = *(*reader)->handle_;
  handle.library.support_tar(handle.reader);
  handle.library.support_gzip(handle.reader);
  handle.library.support_zip(handle.reader);
  if (handle.library.open_memory(handle.reader, bytes.data(), bytes.size()) != ARCHIVE_OK) {
    return (*reader)->Failure();
  }
  return reader;
}

Error ArchiveReader::Failure() const {
  const char* why = handle_->library.error_string(handle_->reader);
  return Error{ErrorCode::kInvalidArgument, "it is no " + handle_->sort + ", or is damaged (" +
                                                std::string(why == nullptr ? "" : why) + ")"};
}

Expected<std::optional<ArchiveEntry>> ArchiveReader::Next() {
  const ArchiveLibrary& library = handle_->library;
  const Utf8Names names;
  const int answer = library.next_header(handle_->reader, &handle_->entry);
  if (answer == ARCHIVE_EOF) return std::optional<ArchiveEntry>();
  // A warning says that a name is not in this locale's characters, which we do not need.
  if (answer != ARCHIVE_OK && answer != ARCHIVE_WARN) return Failure();
  archive_entry* entry = handle_->entry;
  ArchiveEntry found{.name = Either(library.pathname_utf8(entry), library.pathname(entry)),
                     .kind = KindOf(library.filetype(entry)),
                     .mode = library.perm(entry) & 07777U,
                     .size = library.size(entry)};
  if (std::string target = Either(library.hardlink_utf8(entry), library.hardlink(entry));
      !target.empty()) {
    found.kind = EntryKind::kHardLink;
    found.link_target = std::move(target);
  } else if (found.kind == EntryKind::kLink) {
    found.link_target = Either(library.symlink_utf8(entry), library.symlink(entry));
  }
  return std::optional(std::move(found));
}

Expected<std::size_t> ArchiveReader::Read(char* bytes, std::size_t room) {
  const auto count = handle_->library.read_data(handle_->reader, bytes, room);
  if (count < 0) return Failure();
  return static_cast<std::size_t>(count);
}

}  // namespace openfc
