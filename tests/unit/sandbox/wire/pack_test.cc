#include "sandbox/wire/pack.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace openfc::sandbox {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(PackTest, GivesBackWhatWasPacked) {
  const std::string zeros("a\0b", 3);

  const auto texts = Unpack(Pack({"", zeros, Pack({"x"})}));

  ASSERT_TRUE(texts);
  EXPECT_THAT(*texts, ElementsAre("", zeros, Pack({"x"})));
  EXPECT_THAT(Unpack(Pack({})).value(), IsEmpty());
}

TEST(PackTest, RefusesWhatEndsInTheMiddle) {
  const std::string pack = Pack({"text"});
  for (std::size_t size = 1; size < pack.size(); ++size) {
    EXPECT_FALSE(Unpack(pack.substr(0, size))) << size;
  }
  EXPECT_FALSE(Unpack(std::string(8, '\xff')));
}

}  // namespace
}  // namespace openfc::sandbox
