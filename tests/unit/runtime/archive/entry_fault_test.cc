#include "runtime/archive/entry_fault.h"

#include <gmock/gmock.h>

#include <cerrno>
#include <string>

namespace openfc {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(EntryFaultTest, NamesTheEntry) {
  const Error refused = RefusedEntry("a/b", "is there twice");

  EXPECT_EQ(refused.code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(refused.message, "its entry 'a/b' is there twice");
}

TEST(EntryFaultTest, CutsANameThatNobodyReadsToItsEnd) {
  EXPECT_EQ(ShownEntryName(std::string(200, 'n')), std::string(200, 'n'));
  EXPECT_EQ(ShownEntryName(std::string(201, 'n')), std::string(200, 'n') + "...");
  EXPECT_THAT(RefusedEntry(std::string(5000, 'n'), "lies too deep").message,
              EndsWith("nn...' lies too deep"));
}

TEST(EntryFaultTest, TellsTheSystemsFaultFromTheArchives) {
  const Error full = UnwritableEntry("a", ENOSPC);
  const Error is_long = UnwritableEntry("a", ENAMETOOLONG);

  EXPECT_EQ(full.code, ErrorCode::kSystem);
  EXPECT_THAT(full.message, StartsWith("its entry 'a' cannot be written"));
  EXPECT_EQ(is_long.code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(is_long.message, "its entry 'a' has too long a name");
}

TEST(EntryFaultTest, CountsEntries) {
  EXPECT_TRUE(CheckEntryCount(3, 3));

  const Status checked = CheckEntryCount(4, 3);

  ASSERT_FALSE(checked);
  EXPECT_THAT(checked.error().message, HasSubstr("it holds more than 3 entries"));
}

}  // namespace
}  // namespace openfc
