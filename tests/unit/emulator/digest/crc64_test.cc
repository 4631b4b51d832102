#include "emulator/digest/crc64.h"

#include <gtest/gtest.h>

#include <string>

namespace openfc::emulator {
namespace {

std::uint64_t Crc64Of(std::string_view bytes) {
  Crc64 sum;
  sum.Add(bytes);
  return sum.value();
}

TEST(Crc64Test, IsThatOfTheCatalogue) {
  EXPECT_EQ(Crc64Of("123456789"), 0x995DC9BBDF1939FA);
  EXPECT_EQ(Crc64Of(""), 0U);
}

TEST(Crc64Test, IsTheSameHoweverTheBytesCome) {
  const std::string text = "more than sixteen bytes, \xff\xfe and not eight times anything.";
  for (std::size_t at = 0; at <= text.size(); ++at) {
    Crc64 sum;
    sum.Add(text.substr(0, at));
    sum.Add(text.substr(at));

    EXPECT_EQ(sum.value(), Crc64Of(text)) << at;
  }
}

TEST(Crc64Test, TellsASingleBit) {
  EXPECT_NE(Crc64Of("abcdefgh"), Crc64Of("abcdefgi"));
  EXPECT_NE(Crc64Of(std::string(1, '\0')), Crc64Of(""));
}

}  // namespace
}  // namespace openfc::emulator
