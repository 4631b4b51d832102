#include "runtime/process/proc_files.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>

namespace openfc {
namespace {

constexpr const char* kTail =
    " 1 42 42 0 -1 4194560 96 0 0 0 0 0 0 0 20 0 1 0 777 2465792 189 1844674407370955161\n";

TEST(ParseProcessEntryTest, ReadsAnOrdinaryLine) {
  const auto entry = ParseProcessEntry(std::string("42 (sh) S") + kTail);

  ASSERT_TRUE(entry);
  EXPECT_EQ(entry->pid, 42);
  EXPECT_EQ(entry->parent, 1);
  EXPECT_EQ(entry->group, 42);
  EXPECT_TRUE(entry->is_alive);
  EXPECT_EQ(entry->start_ticks, 777U);
}

TEST(ParseProcessEntryTest, IsNotFooledByAProcessThatNamesItselfLikeALine) {
  const auto entry = ParseProcessEntry(std::string("42 (a) R 7 (b) Z 9\n) S") + kTail);

  ASSERT_TRUE(entry);
  EXPECT_EQ(entry->parent, 1);
  EXPECT_TRUE(entry->is_alive);
}

TEST(ParseProcessEntryTest, TellsZombiesFromTheLiving) {
  EXPECT_FALSE(ParseProcessEntry(std::string("42 (sh) Z") + kTail)->is_alive);
  EXPECT_FALSE(ParseProcessEntry(std::string("42 (sh) X") + kTail)->is_alive);
  EXPECT_TRUE(ParseProcessEntry(std::string("42 (sh) T") + kTail)->is_alive);
}

TEST(ParseProcessEntryTest, RefusesWhatIsNotALine) {
  for (const char* text : {"", "42", "x (sh) S 1", "42 (sh", "42 (sh) S", "42 (sh) S x 1 2 3"}) {
    EXPECT_FALSE(ParseProcessEntry(text)) << text;
  }
}

TEST(ReadProcessTest, KnowsThisProcess) {
  const auto self = ReadProcess(::getpid());

  ASSERT_TRUE(self);
  EXPECT_EQ(self->parent, ::getppid());
  EXPECT_FALSE(ReadProcess(-7));
}

TEST(ParseProcessMemoryTest, ReadsKilobytes) {
  const auto memory = ParseProcessMemory("Name:\tVmRSS:\nVmHWM:\t    2048 kB\nVmRSS:\t 1024 kB\n");

  EXPECT_EQ(memory.resident_bytes, 1024 * 1024);
  EXPECT_EQ(memory.peak_bytes, 2048 * 1024);
}

TEST(ParseProcessMemoryTest, IsZeroForAZombie) {
  const auto memory = ParseProcessMemory("Name:\tsh\nState:\tZ (zombie)\n");

  EXPECT_EQ(memory.resident_bytes, 0);
  EXPECT_EQ(memory.peak_bytes, 0);
}

TEST(ReadSmallFileTest, IsNothingForWhatCannotBeRead) {
  EXPECT_FALSE(ReadSmallFile("/no/such"));
  EXPECT_FALSE(ReadSmallFile("/proc"));
  EXPECT_TRUE(ReadSmallFile("/proc/self/status"));
}

TEST(ProgramBesideThisTest, LiesWhereOurOwnExecutableDoes) {
  EXPECT_EQ(ProgramBesideThis("unit_runtime_process"),
            std::filesystem::read_symlink("/proc/self/exe").string());
}

}  // namespace
}  // namespace openfc
