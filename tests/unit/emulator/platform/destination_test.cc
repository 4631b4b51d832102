#include "emulator/platform/destination.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace openfc::emulator {
namespace {

using ::testing::HasSubstr;

FunctionDestination FunctionIn(const std::string& text) {
  const auto read = ReadDestination(text, "/base");
  if (!read) throw std::runtime_error(read.error().message);
  return std::get<FunctionDestination>(*read);
}

TEST(DestinationTest, IsAFunctionByItsName) {
  EXPECT_EQ(FunctionIn("next").function, "next");
  EXPECT_EQ(FunctionIn("shop$pay").function, "shop$pay");
}

TEST(DestinationTest, IsAFunctionByThePlatformsName) {
  EXPECT_EQ(FunctionIn("acs:fc:cn-hangzhou:123:functions/next").function, "next");
  EXPECT_EQ(FunctionIn("acs:fc:cn-hangzhou:123:functions/next/LATEST").function, "next");
  EXPECT_EQ(FunctionIn("acs:fc:::functions/next").function, "next");
  const auto older = FunctionIn("acs:fc:cn-hangzhou:123:services/shop.LATEST/functions/pay");
  EXPECT_EQ(older.service, "shop");
  EXPECT_EQ(older.function, "pay");
}

TEST(DestinationTest, IsAFileBelowTheProject) {
  EXPECT_EQ(std::get<FileDestination>(*ReadDestination("file:a/b.jsonl", "/base")).path,
            "/base/a/b.jsonl");
  EXPECT_EQ(std::get<FileDestination>(*ReadDestination("file:/tmp/b", "/base")).path, "/tmp/b");
}

TEST(DestinationTest, IsAnUrl) {
  EXPECT_EQ(std::get<UrlDestination>(*ReadDestination("https://a.example/b?c", "/")).url,
            "https://a.example/b?c");
}

TEST(DestinationTest, IsNoOtherService) {
  for (const char* const text :
       {"", "file:", "file:a/", "acs:mns:cn-hangzhou:123:/queues/q/messages", "acs:fc:a:b",
        "acs:fc:a:b:functions/", "acs:fc:a:b:services/s", "acs:fc:a:b:other/x", "ftp://a/b"}) {
    const auto read = ReadDestination(text, "/base");
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(read.error().message, HasSubstr(text));
  }
}

}  // namespace
}  // namespace openfc::emulator
