#pragma once

#include "runtime/base/error.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace openfc::emulator {

struct ArchiveLibrary;

enum class EntryKind { kFile, kFolder, kLink, kOther };

struct ArchiveEntry {
  std::string name;
  EntryKind kind = EntryKind::kFile;
  unsigned mode = 0;             // Permission bits.
  std::string link_target = {};  // Of kLink.
};

/// A zip that is read from one entry to the next. Failures are sentences without the file's name.
///
/// The library that reads it is loaded when the first one is opened.
class ArchiveReader {
 public:
  /// kInvalidArgument when the file is no zip, kSystem when it or the library cannot be read.
  static Expected<std::unique_ptr<ArchiveReader>> Open(const std::string& path);
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

  Error Failure() const;

  const std::unique_ptr<Handle> handle_;
};

}  // namespace openfc::emulator
