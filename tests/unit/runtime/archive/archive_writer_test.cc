#include "runtime/archive/archive_writer.h"

#include "runtime/base/unique_fd.h"
#include "tests/fakes/temp_dir.h"

#include <fcntl.h>
#include <gmock/gmock.h>

#include <array>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace openfc {
namespace {

using ::testing::HasSubstr;
using testing::TempDir;

class ArchiveWriterTest : public ::testing::Test {
 protected:
  std::string Path() const { return (folder_.path() / "x.tgz").string(); }
  UniqueFd File() const {
    return UniqueFd(::open(Path().c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  }
  std::string Bytes() const {
    std::ifstream file(Path(), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  /// Each entry as a line: what sort, its mode, its name, and what it holds or leads to.
  static std::string Listed(ArchiveReader& reader) {
    std::string lines;
    while (true) {
      const auto entry = reader.Next();
      if (!entry) return lines + "! " + entry.error().message;
      if (!*entry) return lines;
      std::array<char, 64> bytes{};
      const auto count = reader.Read(bytes.data(), bytes.size());
      lines += std::to_string(static_cast<int>((*entry)->kind)) + " " +
               std::to_string((*entry)->mode) + " " + (*entry)->name + " " + (*entry)->link_target +
               std::string(bytes.data(), count ? *count : 0) + "\n";
    }
  }

  TempDir folder_;
};

TEST_F(ArchiveWriterTest, WritesWhatTheReaderReads) {
  const std::string far(150, 'f');
  {
    const UniqueFd file = File();
    const auto writer = ArchiveWriter::Open(file.get()).value().release();
    const std::unique_ptr<ArchiveWriter> owner(writer);
    ASSERT_TRUE(writer->Add({.name = "dir", .kind = EntryKind::kFolder, .mode = 0750}));
    ASSERT_TRUE(writer->Add({.name = "dir/caf\xC3\xA9", .mode = 0640, .size = 4}));
    ASSERT_TRUE(writer->Write("te"));
    ASSERT_TRUE(writer->Write("xt"));
    ASSERT_TRUE(
        writer->Add({.name = far, .kind = EntryKind::kLink, .mode = 0777, .link_target = "dir"}));
    ASSERT_TRUE(writer->Finish());
  }

  const std::string bytes = Bytes();
  const std::string lines = "1 488 dir/ \n0 416 dir/caf\xC3\xA9 text\n2 511 " + far + " dir\n";
  EXPECT_EQ(Listed(**ArchiveReader::OpenBytes(bytes)), lines);
  EXPECT_EQ(Listed(**ArchiveReader::OpenTar(Path())), lines);
}

TEST_F(ArchiveWriterTest, TakesNoMoreThanAnEntrySaid) {
  const UniqueFd file = File();
  auto writer = ArchiveWriter::Open(file.get()).value();

  ASSERT_TRUE(writer->Add({.name = "a", .size = 2}));

  EXPECT_FALSE(writer->Write("abc"));
  EXPECT_FALSE(writer->Add({.name = "pipe", .kind = EntryKind::kOther}));
}

TEST_F(ArchiveWriterTest, SaysWhenItCannotWrite) {
  const UniqueFd full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  auto writer = ArchiveWriter::Open(full.get()).value();

  const bool is_written = writer->Add({.name = "a", .size = 0}) && writer->Finish();

  EXPECT_FALSE(is_written);
}

TEST_F(ArchiveWriterTest, WhatIsCutOffIsDamaged) {
  {
    const UniqueFd file = File();
    auto writer = ArchiveWriter::Open(file.get()).value();
    ASSERT_TRUE(writer->Add({.name = "a", .size = 3}));
    ASSERT_TRUE(writer->Write("abc"));
    ASSERT_TRUE(writer->Finish());
  }
  const std::string bytes = Bytes();

  for (std::size_t size = 0; size + 1 < bytes.size(); ++size) {
    const auto reader = ArchiveReader::OpenBytes(std::string_view(bytes).substr(0, size));
    const std::string read = reader ? Listed(**reader) : "! " + reader.error().message;
    EXPECT_THAT(read, HasSubstr("it is no tar or zip, or is damaged")) << size;
  }
}

}  // namespace
}  // namespace openfc
