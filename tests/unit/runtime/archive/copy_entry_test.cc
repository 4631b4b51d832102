#include "runtime/archive/copy_entry.h"

#include "runtime/base/unique_fd.h"
#include "tests/unit/sandbox/workspace/tar_writer.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/mman.h>
#include <unistd.h>

#include <string>
#include <vector>

namespace openfc {
namespace {

using ::testing::StartsWith;
using testing::TarWriter;

/// A reader at the only entry of an archive, a file of `text`.
struct AtEntry {
  explicit AtEntry(const std::string& text) {
    TarWriter tar;
    tar.File("a", text);
    bytes = tar.bytes();
    reader = ArchiveReader::OpenBytes(bytes).value();
    entry = reader->Next().value().value();
  }

  std::string bytes;
  std::unique_ptr<ArchiveReader> reader;
  ArchiveEntry entry;
};

std::string TextOf(const UniqueFd& file) {
  std::string text(static_cast<std::size_t>(::lseek(file.get(), 0, SEEK_END)), '\0');
  EXPECT_EQ(::pread(file.get(), text.data(), text.size(), 0), std::ssize(text));
  return text;
}

TEST(CopyEntryTest, WritesAllPartsAndTellsOfEach) {
  const std::string text = std::string(100'000, 'x') + "end";
  const AtEntry at(text);
  const UniqueFd file(::memfd_create("copy", MFD_CLOEXEC));
  std::size_t told = 0;

  const Status copied = CopyEntry(*at.reader, at.entry, file.get(), [&told](std::size_t count) {
    told += count;
    return Ok();
  });

  EXPECT_TRUE(copied);
  EXPECT_EQ(told, text.size());
  EXPECT_EQ(TextOf(file), text);
}

TEST(CopyEntryTest, WritesNothingOfAPartThatIsRefused) {
  const AtEntry at("text");
  const UniqueFd file(::memfd_create("copy", MFD_CLOEXEC));

  const Status copied =
      CopyEntry(*at.reader, at.entry, file.get(), [](std::size_t /*count*/) -> Status {
        return Error{ErrorCode::kInvalidArgument, "too much"};
      });

  ASSERT_FALSE(copied);
  EXPECT_EQ(copied.error().message, "too much");
  EXPECT_EQ(TextOf(file), "");
}

TEST(CopyEntryTest, NamesTheEntryThatTheDiskDoesNotTake) {
  const AtEntry at("text");
  const UniqueFd full(::open("/dev/full", O_WRONLY | O_CLOEXEC));

  const Status copied =
      CopyEntry(*at.reader, at.entry, full.get(), [](std::size_t /*count*/) { return Ok(); });

  ASSERT_FALSE(copied);
  EXPECT_EQ(copied.error().code, ErrorCode::kSystem);
  EXPECT_THAT(copied.error().message, StartsWith("its entry 'a' cannot be written"));
}

}  // namespace
}  // namespace openfc
