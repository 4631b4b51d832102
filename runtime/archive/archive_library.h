#pragma once

#include "runtime/base/error.h"

#include <archive.h>
#include <archive_entry.h>
#include <locale.h>

namespace openfc {

/// What we call of libarchive. It is loaded when it is needed, and not linked to: with the
/// libraries that it is linked to itself it would double the time that a program takes to start.
struct ArchiveLibrary {
  decltype(&::archive_error_string) error_string = nullptr;
  decltype(&::archive_read_new) read_new = nullptr;
  decltype(&::archive_read_free) read_free = nullptr;
  decltype(&::archive_read_support_format_zip_seekable) support_zip = nullptr;
  decltype(&::archive_read_support_format_tar) support_tar = nullptr;
  decltype(&::archive_read_support_filter_gzip) support_gzip = nullptr;
  decltype(&::archive_read_open_filename) open_filename = nullptr;
  decltype(&::archive_read_open_memory) open_memory = nullptr;
  decltype(&::archive_read_next_header) next_header = nullptr;
  decltype(&::archive_read_data) read_data = nullptr;
  decltype(&::archive_write_new) write_new = nullptr;
  decltype(&::archive_write_free) write_free = nullptr;
  decltype(&::archive_write_set_format_gnutar) set_tar = nullptr;
  decltype(&::archive_write_add_filter_gzip) add_gzip = nullptr;
  decltype(&::archive_write_open_fd) open_fd = nullptr;
  decltype(&::archive_write_header) write_header = nullptr;
  decltype(&::archive_write_data) write_data = nullptr;
  decltype(&::archive_write_close) write_close = nullptr;
  decltype(&::archive_entry_new) entry_new = nullptr;
  decltype(&::archive_entry_free) entry_free = nullptr;
  decltype(&::archive_entry_pathname) pathname = nullptr;
  decltype(&::archive_entry_pathname_utf8) pathname_utf8 = nullptr;
  decltype(&::archive_entry_filetype) filetype = nullptr;
  decltype(&::archive_entry_perm) perm = nullptr;
  decltype(&::archive_entry_size) size = nullptr;
  decltype(&::archive_entry_symlink) symlink = nullptr;
  decltype(&::archive_entry_symlink_utf8) symlink_utf8 = nullptr;
  decltype(&::archive_entry_hardlink) hardlink = nullptr;
  decltype(&::archive_entry_hardlink_utf8) hardlink_utf8 = nullptr;
  decltype(&::archive_entry_set_pathname) set_pathname = nullptr;
  decltype(&::archive_entry_set_filetype) set_filetype = nullptr;
  decltype(&::archive_entry_set_perm) set_perm = nullptr;
  decltype(&::archive_entry_set_size) set_size = nullptr;
  decltype(&::archive_entry_set_mtime) set_mtime = nullptr;
  decltype(&::archive_entry_set_symlink) set_symlink = nullptr;
};

/// kSystem, with the package that it comes in, when it is not here.
Expected<ArchiveLibrary> LoadArchiveLibrary();

/// Names in UTF-8 for this thread, for as long as this lives: libarchive gives names in the
/// thread's locale, and none where that has not their characters.
class Utf8Names {
 public:
  Utf8Names();
  Utf8Names(const Utf8Names&) = delete;
  Utf8Names& operator=(const Utf8Names&) = delete;
  ~Utf8Names();

 private:
  const locale_t utf8_;
  const locale_t before_;
};

}  // namespace openfc
