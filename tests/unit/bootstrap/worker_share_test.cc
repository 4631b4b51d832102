#include "bootstrap/workers/worker_share.h"

#include <gmock/gmock.h>

#include <vector>

namespace openfc::bootstrap {
namespace {

using ::testing::ElementsAre;

TEST(WorkersForTest, AreThoseAskedForWithinTheLimit) {
  EXPECT_EQ(WorkersFor(4, 8), 4U);
  EXPECT_EQ(WorkersFor(4, 4), 4U);
  EXPECT_EQ(WorkersFor(4, 3), 3U);
  EXPECT_EQ(WorkersFor(1, 100), 1U);
  EXPECT_EQ(WorkersFor(100, 1), 1U);
}

std::vector<std::size_t> Shares(std::size_t limit, std::size_t workers) {
  std::vector<std::size_t> shares;
  for (std::size_t place = 0; place < workers; ++place) {
    shares.push_back(ShareOf(limit, place, workers));
  }
  return shares;
}

TEST(ShareOfTest, TheFirstGetWhatIsLeftOver) {
  EXPECT_THAT(Shares(4, 4), ElementsAre(1, 1, 1, 1));
  EXPECT_THAT(Shares(6, 4), ElementsAre(2, 2, 1, 1));
  EXPECT_THAT(Shares(200, 3), ElementsAre(67, 67, 66));
  EXPECT_THAT(Shares(5, 1), ElementsAre(5));
}

}  // namespace
}  // namespace openfc::bootstrap
