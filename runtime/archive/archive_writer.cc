#include "runtime/archive/archive_writer.h"

#include "runtime/archive/archive_library.h"
#include "runtime/archive/entry_fault.h"

#include <sys/types.h>

#include <string>
#include <utility>

namespace openfc {

struct ArchiveWriter::Handle {
  ArchiveLibrary library;
  archive* writer = nullptr;
};

ArchiveWriter::ArchiveWriter(std::unique_ptr<Handle> handle) : handle_(std::move(handle)) {}

ArchiveWriter::~ArchiveWriter() { handle_->library.write_free(handle_->writer); }

Expected<std::unique_ptr<ArchiveWriter>> ArchiveWriter::Open(int fd) {
  const auto library = LoadArchiveLibrary();
  if (!library) return library.error();
  auto handle = std::make_unique<Handle>();
  handle->library = *library;
  handle->writer = library->write_new();
  std::unique_ptr<ArchiveWriter> writer(new ArchiveWriter(std::move(handle)));
  const Handle& made = *writer->handle_;
  if (made.library.set_tar(made.writer) != ARCHIVE_OK ||
      made.library.add_gzip(made.writer) != ARCHIVE_OK ||
      made.library.open_fd(made.writer, fd) != ARCHIVE_OK) {
    return writer->Failure();
  }
  return writer;
}

Error ArchiveWriter::Failure() const {
  const char* why = handle_->library.error_string(handle_->writer);
  return Error{ErrorCode::kSystem,
               "cannot write an archive: " + std::string(why == nullptr ? "" : why)};
}

Status ArchiveWriter::Add(const ArchiveEntry& entry) {
  const ArchiveLibrary& library = handle_->library;
  if (entry.kind == EntryKind::kHardLink || entry.kind == EntryKind::kOther) {
    return RefusedEntry(entry.name, "is neither a file nor a folder nor a link");
  }
  const Utf8Names names;
  archive_entry* made = library.entry_new();
  library.set_pathname(made, entry.name.c_str());
  library.set_perm(made, entry.mode & 07777U);
  library.set_mtime(made, entry.changed, 0);
  if (entry.kind == EntryKind::kFile) {
    library.set_filetype(made, AE_IFREG);
    library.set_size(made, entry.size);
  } else if (entry.kind == EntryKind::kFolder) {
    library.set_filetype(made, AE_IFDIR);
  } else {
    library.set_filetype(made, AE_IFLNK);
    library.set_symlink(made, entry.link_target.c_str());
  }
  const int answer = library.write_header(handle_->writer, made);
  library.entry_free(made);
  return answer == ARCHIVE_OK || answer == ARCHIVE_WARN ? Ok() : Status(Failure());
}

Status ArchiveWriter::Write(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto count = handle_->library.write_data(handle_->writer, bytes.data(), bytes.size());
    if (count <= 0) return Failure();  // 0: more than the entry's size.
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return Ok();
}

Status ArchiveWriter::Finish() {
  return handle_->library.write_close(handle_->writer) == ARCHIVE_OK ? Ok() : Status(Failure());
}

}  // namespace openfc
