#include "runtime/config/worker_count.h"

#include <gmock/gmock.h>
#include <sched.h>

namespace openfc {
namespace {

TEST(WorkersAskedTest, IsOneWhereNothingIsSaid) {
  EXPECT_EQ(*WorkersAsked({}), 1U);
  EXPECT_EQ(*WorkersAsked({{"OPENFC_WORKERS", ""}}), 1U);
}

TEST(WorkersAskedTest, IsTheNumber) {
  EXPECT_EQ(*WorkersAsked({{"OPENFC_WORKERS", "1"}}), 1U);
  EXPECT_EQ(*WorkersAsked({{"OPENFC_WORKERS", "256"}}), 256U);
}

TEST(WorkersAskedTest, AutoIsTheProcessorsThatMayBeUsed) {
  cpu_set_t before;
  ASSERT_EQ(::sched_getaffinity(0, sizeof(before), &before), 0);
  EXPECT_EQ(*WorkersAsked({{"OPENFC_WORKERS", "auto"}}),
            static_cast<std::size_t>(CPU_COUNT(&before)));

  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(::sched_getcpu(), &one);
  ASSERT_EQ(::sched_setaffinity(0, sizeof(one), &one), 0);

  EXPECT_EQ(*WorkersAsked({{"OPENFC_WORKERS", "auto"}}), 1U);
  ::sched_setaffinity(0, sizeof(before), &before);
}

TEST(WorkersAskedTest, NonsenseIsRefusedWithASentence) {
  for (const char* nonsense : {"0", "-1", "257", "2.5", "two", "AUTO", " 2"}) {
    const auto asked = WorkersAsked({{"OPENFC_WORKERS", nonsense}});

    ASSERT_FALSE(asked) << nonsense;
    EXPECT_EQ(asked.error().code, ErrorCode::kInvalidArgument);
    EXPECT_EQ(asked.error().message, std::string("OPENFC_WORKERS is '") + nonsense +
                                         "', but must be auto or a whole number from 1 to 256");
  }
}

}  // namespace
}  // namespace openfc
