#include "emulator/processor_pool.h"

#include <gmock/gmock.h>

namespace openfc::emulator {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(ProcessorPoolTest, GivesAsManyAsAreAskedForFromTheLastOn) {
  ProcessorPool pool({0, 1, 2, 3});

  EXPECT_THAT(pool.Lease(1)->numbers(), ElementsAre(3));
  EXPECT_THAT(pool.Lease(2)->numbers(), ElementsAre(2, 3));
  EXPECT_THAT(pool.Lease(3)->numbers(), ElementsAre(1, 2, 3));
}

TEST(ProcessorPoolTest, RestrictsNobodyWhoAsksForAllThatThereAre) {
  ProcessorPool pool({4, 7});

  EXPECT_THAT(pool.Lease(2)->numbers(), IsEmpty());
  EXPECT_THAT(pool.Lease(16)->numbers(), IsEmpty());
}

TEST(ProcessorPoolTest, RestrictsNobodyWhereNothingIsToBeChosen) {
  ProcessorPool one({5});
  ProcessorPool unknown({});

  EXPECT_THAT(one.Lease(1)->numbers(), IsEmpty());
  EXPECT_THAT(unknown.Lease(1)->numbers(), IsEmpty());
  EXPECT_THAT(unknown.Lease(2)->numbers(), IsEmpty());
}

TEST(ProcessorPoolTest, SpreadsInstances) {
  ProcessorPool pool({2, 3, 8});

  const auto first = pool.Lease(1);
  const auto second = pool.Lease(1);
  const auto third = pool.Lease(1);
  const auto fourth = pool.Lease(1);

  EXPECT_THAT(first->numbers(), ElementsAre(8));
  EXPECT_THAT(second->numbers(), ElementsAre(3));
  EXPECT_THAT(third->numbers(), ElementsAre(2));
  EXPECT_THAT(fourth->numbers(), ElementsAre(8));
}

TEST(ProcessorPoolTest, ChoosesThoseWithTheFewestInstances) {
  ProcessorPool pool({0, 1, 2, 3});
  const auto last_two = pool.Lease(2);
  const auto second = pool.Lease(1);

  EXPECT_THAT(last_two->numbers(), ElementsAre(2, 3));
  EXPECT_THAT(second->numbers(), ElementsAre(1));
  EXPECT_THAT(pool.Lease(1)->numbers(), ElementsAre(0));
  EXPECT_THAT(pool.Lease(3)->numbers(), ElementsAre(0, 2, 3));
}

TEST(ProcessorPoolTest, TakesBackWhatAnInstanceHad) {
  ProcessorPool pool({0, 1});
  auto first = pool.Lease(1);
  const auto second = pool.Lease(1);
  ASSERT_THAT(first->numbers(), ElementsAre(1));

  first.reset();

  EXPECT_THAT(pool.Lease(1)->numbers(), ElementsAre(1));
}

TEST(ProcessorPoolTest, CountsNobodyWhoRunsOnAll) {
  ProcessorPool pool({0, 1});

  const auto on_all = pool.Lease(2);

  EXPECT_THAT(pool.Lease(1)->numbers(), ElementsAre(1));
}

}  // namespace
}  // namespace openfc::emulator
