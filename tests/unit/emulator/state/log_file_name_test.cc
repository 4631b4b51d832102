#include "emulator/state/log_file_name.h"

#include <gtest/gtest.h>

namespace openfc::emulator {
namespace {

TEST(LogFileNameTest, KeepsAPlainNameReadable) {
  EXPECT_EQ(LogFileNameOf("hello-World_2"), "hello-World_2.log");
  EXPECT_EQ(LogFileNameOf("shop$pay"), "shop$pay.log");
}

TEST(LogFileNameTest, IsAFileNameWhateverTheFunctionIsCalled) {
  EXPECT_EQ(LogFileNameOf("../a/b"), "%2e%2e%2fa%2fb.log");
  EXPECT_EQ(LogFileNameOf("函"), "%e5%87%bd.log");
}

TEST(LogFileNameTest, GivesTheFunctionBack) {
  for (const char* const name : {"a", "../a/b", "shop$pay", "50%", "函数", "a.log", "a b\n"}) {
    EXPECT_EQ(FunctionOfLogFile(LogFileNameOf(name)), name);
  }
}

TEST(LogFileNameTest, IsNotAnyOtherFile) {
  for (const char* const name : {"a.log.1", ".log", "a", "a.txt", "%4.log", "%zz.log", "a.b.log"}) {
    EXPECT_EQ(FunctionOfLogFile(name), std::nullopt) << name;
  }
}

}  // namespace
}  // namespace openfc::emulator
