#include "emulator/platform/function_logs.h"

#include "tests/fakes/temp_dir.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace openfc::emulator {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;

const std::chrono::system_clock::time_point kNow(std::chrono::milliseconds(1769860800007));

class FunctionLogsTest : public ::testing::Test {
 protected:
  std::string Read(const std::string& name) const {
    std::ifstream file(folder_.path() / "logs" / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  testing::TempDir folder_;
  FunctionLogs logs_{(folder_.path() / "logs").string()};
};

TEST_F(FunctionLogsTest, KeepALineWithItsTimeAndItsInstance) {
  logs_.Add("hello", "i-1", "one\ntwo\n", kNow);

  EXPECT_EQ(Read("hello.log"),
            "2026-01-31T12:00:00.007Z i-1 one\n2026-01-31T12:00:00.007Z i-1 two\n");
}

TEST_F(FunctionLogsTest, PutLinesTogetherByInstance) {
  logs_.Add("hello", "i-1", "from ", kNow);
  logs_.Add("hello", "i-2", "from two\n", kNow);
  EXPECT_THAT(Read("hello.log"), EndsWith("i-2 from two\n"));
  logs_.Add("hello", "i-1", "one\n", kNow);

  EXPECT_THAT(Read("hello.log"), EndsWith("i-2 from two\n2026-01-31T12:00:00.007Z i-1 from one\n"));
}

TEST_F(FunctionLogsTest, KeepFunctionsApart) {
  logs_.Add("a", "i-1", "of a\n", kNow);
  logs_.Add("s$b", "i-2", "of b\n", kNow);

  EXPECT_THAT(Read("a.log"), EndsWith(" of a\n"));
  EXPECT_THAT(Read("s$b.log"), EndsWith(" of b\n"));
}

TEST_F(FunctionLogsTest, KeepTheLastWordsOfAnInstanceThatEnded) {
  logs_.Add("a", "i-1", "last words", kNow);
  EXPECT_EQ(Read("a.log"), "");

  logs_.End("a", "i-1", kNow);
  logs_.End("a", "i-1", kNow);
  logs_.End("a", "i-none", kNow);

  EXPECT_THAT(Read("a.log"), EndsWith(" last words\n"));
}

TEST_F(FunctionLogsTest, CutALineWithoutAnEnd) {
  logs_.Add("a", "i-1", std::string(40'000, 'x'), kNow);
  logs_.Add("a", "i-1", std::string(40'000, 'y'), kNow);

  const std::string kept = Read("a.log");
  EXPECT_GT(kept.size(), 40'000U);
  EXPECT_THAT(kept, HasSubstr("x\n"));
}

TEST_F(FunctionLogsTest, KeepNothingWithoutAFolder) {
  FunctionLogs none("");
  none.Add("a", "i-1", "x\n", kNow);
  none.End("a", "i-1", kNow);

  EXPECT_FALSE(std::filesystem::exists(folder_.path() / "logs"));
}

TEST_F(FunctionLogsTest, GoOnWhereTheyStoppedWithTheNextStart) {
  logs_.Add("a", "i-1", "before\n", kNow);
  FunctionLogs next((folder_.path() / "logs").string());
  next.Add("a", "i-2", "after\n", kNow);

  EXPECT_THAT(Read("a.log"), HasSubstr("before\n2026-01-31T12:00:00.007Z i-2 after\n"));
}

class RotatedFileTest : public ::testing::Test {
 protected:
  std::string Read(const std::string& ending) const {
    std::ifstream file(path_ + ending, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  testing::TempDir folder_;
  const std::string path_ = (folder_.path() / "log").string();
};

TEST_F(RotatedFileTest, GrowsNoFurtherThanItsBound) {
  RotatedFile file(path_, {.bytes = 10, .files = 3});

  for (const char* const text : {"111111\n", "222222\n", "333333\n", "444\n", "555555\n"}) {
    file.Append(text);
  }

  EXPECT_EQ(Read(""), "555555\n");
  EXPECT_EQ(Read(".1"), "444\n");
  EXPECT_EQ(Read(".2"), "333333\n");
  EXPECT_FALSE(std::filesystem::exists(path_ + ".3"));
}

TEST_F(RotatedFileTest, CountsWhatWasThereBefore) {
  { RotatedFile(path_, {.bytes = 10}).Append("111111\n"); }

  RotatedFile(path_, {.bytes = 10}).Append("222222\n");

  EXPECT_EQ(Read(""), "222222\n");
  EXPECT_EQ(Read(".1"), "111111\n");
}

TEST_F(RotatedFileTest, TakesABlockThatIsLargerThanItsBound) {
  RotatedFile file(path_, {.bytes = 10});

  file.Append(std::string(100, 'x'));
  file.Append("y");

  EXPECT_EQ(Read(".1").size(), 100U);
  EXPECT_EQ(Read(""), "y");
}

TEST_F(RotatedFileTest, GoesOnWithoutAFileThatCannotBeWritten) {
  RotatedFile file((folder_.path() / "none" / "log").string());

  file.Append("x");
  std::filesystem::create_directories(folder_.path() / "none");
  file.Append("y");

  std::ifstream written(folder_.path() / "none" / "log");
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(written), {}), "y");
}

}  // namespace
}  // namespace openfc::emulator
