#include "runtime/archive/archive_library.h"

#include <dlfcn.h>

#include <string>

namespace openfc {
namespace {

constexpr const char* kLibrary = "libarchive.so.13";

/// Looks names up, and remembers whether all of them were there.
class Names {
 public:
  explicit Names(void* library) : library_(library), is_whole_(library != nullptr) {}

  template <typename Function>
  Names& Find(const char* name, Function& function) {
    if (!is_whole_) return *this;
    function = reinterpret_cast<Function>(::dlsym(library_, name));
    is_whole_ = function != nullptr;
    return *this;
  }

  bool is_whole() const { return is_whole_; }

 private:
  void* library_;
  bool is_whole_;
};

void FindReading(Names& names, ArchiveLibrary& found) {
  names.Find("archive_error_string", found.error_string)
      .Find("archive_read_new", found.read_new)
      .Find("archive_read_free", found.read_free)
      .Find("archive_read_support_format_zip_seekable", found.support_zip)
      .Find("archive_read_support_format_tar", found.support_tar)
      .Find("archive_read_support_filter_gzip", found.support_gzip)
      .Find("archive_read_open_filename", found.open_filename)
      .Find("archive_read_open_memory", found.open_memory)
      .Find("archive_read_next_header", found.next_header)
      .Find("archive_read_data", found.read_data);
}

void FindWriting(Names& names, ArchiveLibrary& found) {
  names.Find("archive_write_new", found.write_new)
      .Find("archive_write_free", found.write_free)
      .Find("archive_write_set_format_gnutar", found.set_tar)
      .Find("archive_write_add_filter_gzip", found.add_gzip)
      .Find("archive_write_open_fd", found.open_fd)
      .Find("archive_write_header", found.write_header)
      .Find("archive_write_data", found.write_data)
      .Find("archive_write_close", found.write_close);
}

void FindEntries(Names& names, ArchiveLibrary& found) {
  names.Find("archive_entry_new", found.entry_new)
      .Find("archive_entry_free", found.entry_free)
      .Find("archive_entry_pathname", found.pathname)
      .Find("archive_entry_pathname_utf8", found.pathname_utf8)
      .Find("archive_entry_filetype", found.filetype)
      .Find("archive_entry_perm", found.perm)
      .Find("archive_entry_size", found.size)
      .Find("archive_entry_symlink", found.symlink)
      .Find("archive_entry_symlink_utf8", found.symlink_utf8)
      .Find("archive_entry_hardlink", found.hardlink)
      .Find("archive_entry_hardlink_utf8", found.hardlink_utf8)
      .Find("archive_entry_set_pathname", found.set_pathname)
      .Find("archive_entry_set_filetype", found.set_filetype)
      .Find("archive_entry_set_perm", found.set_perm)
      .Find("archive_entry_set_size", found.set_size)
      .Find("archive_entry_set_mtime", found.set_mtime)
      .Find("archive_entry_set_symlink", found.set_symlink);
}

}  // namespace

Expected<ArchiveLibrary> LoadArchiveLibrary() {
  ArchiveLibrary found;
  Names names(::dlopen(kLibrary, RTLD_NOW | RTLD_LOCAL));
  FindReading(names, found);
  FindWriting(names, found);
  FindEntries(names, found);
  if (names.is_whole()) return found;
  return Error{ErrorCode::kSystem, std::string("archives need ") + kLibrary +
                                       " (Debian's package libarchive13), which is not here"};
}

Utf8Names::Utf8Names()
    : utf8_(::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr)),
      before_(::uselocale(utf8_ == nullptr ? LC_GLOBAL_LOCALE : utf8_)) {}

Utf8Names::~Utf8Names() {
  ::uselocale(before_);
  if (utf8_ != nullptr) ::freelocale(utf8_);
}

}  // namespace openfc
