#pragma once

#include "runtime/archive/archive_reader.h"
#include "runtime/base/error.h"

#include <memory>
#include <string_view>

namespace openfc {

/// A tar in gzip that is written entry by entry. Failures are kSystem.
class ArchiveWriter {
 public:
  /// Into `fd`, which must outlive the writer.
  static Expected<std::unique_ptr<ArchiveWriter>> Open(int fd);
  ~ArchiveWriter();
  ArchiveWriter(const ArchiveWriter&) = delete;
  ArchiveWriter& operator=(const ArchiveWriter&) = delete;

  /// A file's `size` bytes follow by Write(). kHardLink and kOther are kInvalidArgument.
  Status Add(const ArchiveEntry& entry);
  Status Write(std::string_view bytes);

  /// Without it the archive has no end.
  Status Finish();

 private:
  struct Handle;
  explicit ArchiveWriter(std::unique_ptr<Handle> handle);

  Error Failure() const;

  const std::unique_ptr<Handle> handle_;
};

}  // namespace openfc
