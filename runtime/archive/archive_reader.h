#pragma once

#include "runtime/base/error.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace openfc {

/// kOther: a device, a pipe, a socket.
enum class EntryKind { kFile, kFolder, kLink, kHardLink, kOther };

struct ArchiveEntry {
  std::string name;
  EntryKind kind = EntryKind::kFile;
  unsigned mode = 0;             // Permission bits.
  std::string link_target = {};  // Of kLink and kHardLink.
  std::int64_t size = 0;         // Of kFile, as far as the archive tells.
  std::int64_t changed = 0;      // Of what is written: seconds since 1970.
};

/// An archive that is read from one entry to the next. Failures are sentences without its name.
///
/// The library that reads it is loaded when the first one is opened.
class ArchiveReader {
 public:
  /// A zip. kInvalidArgument when the file is none, kSystem when it or the library cannot be read.
  static Expected<std::unique_ptr<ArchiveReader>> Open(const std::string& path);

  /// A tar, plain or in gzip, or a zip. `bytes` must outlive the reader.
  static Expected<std::unique_ptr<ArchiveReader>> OpenBytes(std::string_view bytes);

  /// A tar, plain or in gzip, by its file.
  static Expected<std::unique_ptr<ArchiveReader>> OpenTar(const std::string& path);

  ~ArchiveReader();
  ArchiveReader(const ArchiveReader&) = delete;
  ArchiveReader& operator=(const ArchiveReader&) = delete;

  /// Nothing at the end.
  Expected<std::optional<ArchiveEntry>> Next();

  /// The entry's bytes; 0 at their end. kInvalidArgument when they are damaged or encrypted.
  Expected<std::size_t> Read(char* bytes, std::size_t room);

 private:
  struct Handle;
  explicit ArchiveReader(std::unique_ptr<Handle> handle);

  static Expected<std::unique_ptr<ArchiveReader>> Make(std::string sort);
  Error Failure() const;

  const std::unique_ptr<Handle> handle_;
};

}  // namespace openfc
