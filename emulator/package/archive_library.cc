#include "emulator/package/archive_library.h"

#include <archive.h>
#include <archive_entry.h>
#include <dlfcn.h>
#include <locale.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace openfc::emulator {

/// What we call of libarchive. It is loaded, and not linked to: with the libraries that it is
/// linked to itself it would double the time that every fclocal takes to start.
struct ArchiveLibrary {
  decltype(&::archive_read_new) read_new = nullptr;
  decltype(&::archive_read_free) read_free = nullptr;
  decltype(&::archive_read_support_format_zip_seekable) support_zip = nullptr;
  decltype(&::archive_read_open_filename) open_filename = nullptr;
  decltype(&::archive_read_next_header) next_header = nullptr;
  decltype(&::archive_read_data) read_data = nullptr;
  decltype(&::archive_error_string) error_string = nullptr;
  decltype(&::archive_entry_pathname) pathname = nullptr;
  decltype(&::archive_entry_pathname_utf8) pathname_utf8 = nullptr;
  decltype(&::archive_entry_filetype) filetype = nullptr;
  decltype(&::archive_entry_perm) perm = nullptr;
  decltype(&::archive_entry_symlink) symlink = nullptr;
  decltype(&::archive_entry_symlink_utf8) symlink_utf8 = nullptr;
};

namespace {

constexpr const char* kLibrary = "libarchive.so.13";

template <typename Function>
bool Find(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(::dlsym(library, name));
  return function != nullptr;
}

Expected<ArchiveLibrary> LoadLibrary() {
  void* library = ::dlopen(kLibrary, RTLD_NOW | RTLD_LOCAL);
  ArchiveLibrary found;
  const bool is_whole =
      library != nullptr && Find(library, "archive_read_new", found.read_new) &&
      Find(library, "archive_read_free", found.read_free) &&
      Find(library, "archive_read_support_format_zip_seekable", found.support_zip) &&
      Find(library, "archive_read_open_filename", found.open_filename) &&
      Find(library, "archive_read_next_header", found.next_header) &&
      Find(library, "archive_read_data", found.read_data) &&
      Find(library, "archive_error_string", found.error_string) &&
      Find(library, "archive_entry_pathname", found.pathname) &&
      Find(library, "archive_entry_pathname_utf8", found.pathname_utf8) &&
      Find(library, "archive_entry_filetype", found.filetype) &&
      Find(library, "archive_entry_perm", found.perm) &&
      Find(library, "archive_entry_symlink", found.symlink) &&
      Find(library, "archive_entry_symlink_utf8", found.symlink_utf8);
  if (is_whole) return found;
  return Error{ErrorCode::kSystem, std::string("zip files need ") + kLibrary +
                                       " (Debian's package libarchive13), which is not here"};
}

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
  // libarchive gives names in the thread's locale, and none where that has not their characters.
  locale_t utf8 = ::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
};

namespace {

/// Another locale for this thread, for as long as this lives.
class LocaleScope {
 public:
  explicit LocaleScope(locale_t locale)
      : before_(::uselocale(locale == nullptr ? LC_GLOBAL_LOCALE : locale)) {}
  LocaleScope(const LocaleScope&) = delete;
  LocaleScope& operator=(const LocaleScope&) = delete;
  ~LocaleScope() { ::uselocale(before_); }

 private:
  const locale_t before_;
};

}  // namespace

ArchiveReader::ArchiveReader(std::unique_ptr<Handle> handle) : handle_(std::move(handle)) {}

ArchiveReader::~ArchiveReader() {
  handle_->library.read_free(handle_->reader);
  if (handle_->utf8 != nullptr) ::freelocale(handle_->utf8);
}

Expected<std::unique_ptr<ArchiveReader>> ArchiveReader::Open(const std::string& path) {
  if (::access(path.c_str(), R_OK) != 0) return SystemError("it cannot be read", errno);
  const auto library = LoadLibrary();
  if (!library) return library.error();
  auto handle = std::make_unique<Handle>();
  handle->library = *library;
  handle->reader = library->read_new();
  std::unique_ptr<ArchiveReader> reader(new ArchiveReader(std::move(handle)));
  constexpr std::size_t kBlock = std::size_t{1} << 16U;
  library->support_zip(reader->handle_->reader);
  if (library->open_filename(reader->handle_->reader, path.c_str(), kBlock) != ARCHIVE_OK) {
    return reader->Failure();
  }
  return reader;
}

Error ArchiveReader::Failure() const {
  const char* why = handle_->library.error_string(handle_->reader);
  return Error{ErrorCode::kInvalidArgument,
               "it is no zip, or is damaged (" + std::string(why == nullptr ? "" : why) + ")"};
}

Expected<std::optional<ArchiveEntry>> ArchiveReader::Next() {
  const ArchiveLibrary& library = handle_->library;
  const LocaleScope scope(handle_->utf8);
  const int answer = library.next_header(handle_->reader, &handle_->entry);
  if (answer == ARCHIVE_EOF) return std::optional<ArchiveEntry>();
  // A warning says that a name is not in this locale's characters, which we do not need.
  if (answer != ARCHIVE_OK && answer != ARCHIVE_WARN) return Failure();
  archive_entry* entry = handle_->entry;
  ArchiveEntry found{.name = Either(library.pathname_utf8(entry), library.pathname(entry)),
                     .kind = KindOf(library.filetype(entry)),
                     .mode = library.perm(entry) & 07777U};
  if (found.kind == EntryKind::kLink) {
    found.link_target = Either(library.symlink_utf8(entry), library.symlink(entry));
  }
  return std::optional(std::move(found));
}

Expected<std::size_t> ArchiveReader::Read(char* bytes, std::size_t room) {
  const auto count = handle_->library.read_data(handle_->reader, bytes, room);
  if (count < 0) return Failure();
  return static_cast<std::size_t>(count);
}

}  // namespace openfc::emulator
